"""Secrets encrypted at rest, with a key that lies beside the record or comes from the environment.

The cipher is Fernet of the cryptography package, imported only when something is sealed or opened.
"""

from __future__ import annotations

import base64
import binascii
import os
import threading
from typing import TYPE_CHECKING, Final

from emitter.core.secrets import Secret
from emitter.delivery.places import DatabaseUrl
from emitter.errors import InvalidSettingError, SecretTokenError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emitter.delivery.places import Place

KEY_VARIABLE: Final = "ZOOM_EMITTER_KEY"
_KEY_BYTES: Final = 32
_BEING_MADE_S: Final = 2.0
_MAKE_ONE: Final = (
    'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)


class Vault:
    """Seals secrets for the record and opens them again. Thread-safe; never shows its key.

    Args:
        key_file: Where the key is, and where it is made on first use with mode 0600; None where only the
            variable will do.
        environ: ``ZOOM_EMITTER_KEY`` here takes the place of the file, so that another machine can open
            what this one sealed.
    """

    def __init__(self, key_file: Path | None, environ: Mapping[str, str] = os.environ) -> None:
        self._key_file = key_file
        self._environ = environ

    def seal(self, secret: Secret) -> str:
        """Return the secret as a Fernet token, ASCII text; makes the key on first use.

        Raises:
            InvalidSettingError: The key is not one, or its file cannot be made or read.
        """
        from cryptography.fernet import Fernet  # noqa: PLC0415 - most runs seal nothing

        return Fernet(self._key(makes_one=True)).encrypt(secret.reveal().encode()).decode()

    def open(self, sealed: str) -> Secret:
        """Return what was sealed.

        Raises:
            InvalidSettingError: The key is not one, or its file cannot be read.
            SecretTokenError: It was sealed with another key, or is damaged.
        """
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - most runs open nothing

        try:
            return Secret(Fernet(self._key(makes_one=False)).decrypt(sealed.encode()).decode())
        except InvalidToken:
            message = f"a secret in the record was sealed with another key than {self._place()}; "
            raise SecretTokenError(f"{message}put the old key back or give it as {KEY_VARIABLE}") from None

    def check_key(self) -> None:
        """Raise InvalidSettingError unless there is a key, or one can be made when it is needed."""
        if self._key_file is None:
            self._key(makes_one=False)

    def _place(self) -> str:
        has_none = self._key_file is None or self._environ.get(KEY_VARIABLE)
        return KEY_VARIABLE if has_none else str(self._key_file)

    def _key(self, *, makes_one: bool) -> bytes:
        text = self._environ.get(KEY_VARIABLE, "").strip()
        if not text:
            if self._key_file is None:
                raise InvalidSettingError(
                    f"a record that machines share is sealed with a key they all have: set {KEY_VARIABLE} "
                    f"to the same on each; {_MAKE_ONE}"
                )
            if makes_one:
                _make_key_file(self._key_file)
            text = _read_key_file(self._key_file)
        if not _is_key(text):
            raise InvalidSettingError(
                f"{self._place()} does not hold a key, 44 characters of base64; {_MAKE_ONE}"
            )
        return text.encode()

    def __repr__(self) -> str:
        return f"Vault({self._place()!r})"


def vault_of(place: Place, environ: Mapping[str, str] = os.environ) -> Vault:
    """Return the vault of a record: of a file the key lies beside it, of a database it is a variable."""
    return Vault(None if isinstance(place, DatabaseUrl) else key_file_beside(place), environ)


def key_file_beside(database: Path) -> Path:
    """Return where the key of a record lies: beside it, its name and ``.key``."""
    return database.with_name(f"{database.name}.key")


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _make_key_file(path: Path) -> None:
    """Make the file unless it is there; of several processes at once, one makes it."""
    key = base64.urlsafe_b64encode(os.urandom(_KEY_BYTES))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise InvalidSettingError(
            f"cannot make the key file {path}: {error.strerror}; give a key as {KEY_VARIABLE}"
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)


def _read_key_file(path: Path) -> str:
    """Return the file's text; an empty file is one that another process is about to write."""
    for _ in range(round(_BEING_MADE_S * 100)):
        try:
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise InvalidSettingError(
                f"cannot read the key file {path}: {reason}; "
                f"put back the key the record was made with, or give it as {KEY_VARIABLE}"
            ) from None
        if text:
            return text
        threading.Event().wait(0.01)
    return ""
