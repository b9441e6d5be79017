"""Where a secret token comes from, so that a later run can sign without the record holding it in clear."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emitter.core.secrets import SecretToken
from emitter.errors import SecretTokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.delivery.vault import Vault

VARIABLES: Final = ("ZOOM_WEBHOOK_SECRET_TOKEN", "ZOOM_WEBHOOK_SECRET", "WEBHOOK_SECRET_TOKEN")
"""Names the secret token goes by, the first that is set wins."""

_ENTRY: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*", re.DOTALL)
_QUOTED: Final = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?""", re.DOTALL)
_ESCAPES: Final = {r"\n": "\n", r"\r": "\r", r"\t": "\t"}


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """A variable of the environment."""

    name: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """A file that holds the secret token and at most one line break after it."""

    path: str


@dataclass(frozen=True, slots=True)
class FromEnvFile:
    """A variable of a ``.env`` file."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The secret token itself, encrypted by the vault.

    Attributes:
        ciphertext: What the vault made of it.
        copy_of: The file it was read from, on the machine it was sealed at; empty for none.
    """

    ciphertext: str
    copy_of: str = ""


SecretSource = FromEnvironment | FromFile | FromEnvFile | Sealed

_KINDS: Final[dict[str, type[SecretSource]]] = {
    "environment": FromEnvironment,
    "file": FromFile,
    "env-file": FromEnvFile,
    "sealed": Sealed,
}


def find_secret(
    *, file: Path | None, env_file: Path | None, environ: Mapping[str, str]
) -> tuple[SecretToken, SecretSource]:
    """Return the secret token and where it came from: the file, else the env-file, else the environment.

    Raises:
        SecretTokenError: There is none, or what is there cannot be one; the message names the way out.
    """
    source: SecretSource
    if file is not None:
        source = FromFile(str(file.absolute()))
    elif env_file is not None:
        name = _first_set(_entries(env_file), f"the env-file {env_file}")
        source = FromEnvFile(str(env_file.absolute()), name)
    else:
        source = FromEnvironment(_first_set(environ, "the environment"))
    return read(source, None, environ=environ), source


def read(
    source: SecretSource, vault: Vault | None, *, environ: Mapping[str, str] = os.environ
) -> SecretToken:
    """Return the secret token that is now at its source.

    Args:
        source: Where it is.
        vault: Opens sealed ones; None where the source is known not to be sealed.
        environ: The environment.

    Raises:
        SecretTokenError: It is not there any more, or cannot be a secret token.
        InvalidSettingError: The vault's key cannot be used.
    """
    match source:
        case FromEnvironment(name):
            return _token(environ.get(name), f"the environment variable {name}")
        case FromFile(path):
            return _token(_without_line_break(_text(Path(path))), path)
        case FromEnvFile(path, name):
            return _token(_entries(Path(path)).get(name), f"{name} in the env-file {path}")
        case Sealed(ciphertext):
            if vault is None:
                raise SecretTokenError("the secret token is sealed in the record; open it with its key")
            return _token(vault.open(ciphertext).reveal(), "the record")


def words_of(source: SecretSource) -> str:
    """Return where a secret token is, for people."""
    match source:
        case FromEnvironment(name):
            return f"environment {name}"
        case FromFile(path):
            return f"file {path}"
        case FromEnvFile(path, name):
            return f"{name} in the env-file {path}"
        case Sealed():
            return "the record, encrypted"


def to_text(source: SecretSource) -> str:
    """Return a source as JSON text for the record; holds no secret in clear."""
    kind = next(name for name, each in _KINDS.items() if isinstance(source, each))
    return json.dumps({"from": kind, **asdict(source)})


def from_text(text: str) -> SecretSource:
    """Return the source that `to_text` wrote.

    Raises:
        ValueError: The text is nothing that `to_text` writes.
    """
    try:
        value: dict[str, Any] = json.loads(text)
        return _KINDS[value.pop("from")](**value)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("not a source of a secret") from None


def _first_set(values: Mapping[str, str], place: str) -> str:
    for name in VARIABLES:
        if values.get(name):
            return name
    empty = next((name for name in VARIABLES if name in values), None)
    if empty:
        raise SecretTokenError(f"{empty} in {place} is empty; set it to the app's secret token")
    raise SecretTokenError(
        f"no secret token: {place} has no {VARIABLES[0]}; set it, or give --secret-token-file FILE"
    )


def _token(text: str | None, place: str) -> SecretToken:
    if text is None:
        raise SecretTokenError(
            f"no secret token: {place} is not set any more; set it, or give --secret-token-file"
        )
    try:
        return SecretToken(text)
    except SecretTokenError as error:
        raise SecretTokenError(f"{place}: {error}") from None


def _text(path: Path) -> str:
    """Return the text of a file as it stands, without a byte order mark."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SecretTokenError(f"{path} is not UTF-8 text; write the secret token into it as text") from None
    except OSError as error:
        raise SecretTokenError(f"cannot read {path}: {error.strerror}; name a readable file") from None


def _without_line_break(text: str) -> str:
    """Remove the one line break that editors and `echo` put at the end of a file."""
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _entries(path: Path) -> dict[str, str]:
    """Return the variables of a ``.env`` file; a later line wins, lines of another form are skipped."""
    entries: dict[str, str] = {}
    for line in _text(path).split("\n"):
        if not line.lstrip().startswith("#") and (match := _ENTRY.fullmatch(line)):
            entries[match[1]] = _unquoted(match[2])
    return entries


def _unquoted(value: str) -> str:
    if quoted := _QUOTED.fullmatch(value):
        double, single = quoted.groups()
        if single is not None:
            return single
        return re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0][1:]), double)
    return "" if value.startswith("#") else re.split(r"\s#", value, maxsplit=1)[0].rstrip()
