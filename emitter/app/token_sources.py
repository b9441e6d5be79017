"""Where the secret token of a subscription comes from: the request, a place on this machine, or chance."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from emitter.core.secrets import SecretToken
from emitter.delivery.places import DatabaseUrl, data_folder
from emitter.delivery.secret_sources import FromEnvironment, FromFile, Sealed, find_secret, read
from emitter.errors import SecretTokenError, StoreError
from emitter.faking.ids import short_id

if TYPE_CHECKING:
    from random import Random

    from emitter.app.settings import AppSettings
    from emitter.app.subscription_forms import SecretForm
    from emitter.delivery.places import Place
    from emitter.delivery.secret_sources import SecretSource
    from emitter.delivery.vault import Vault


def secret_of(
    form: SecretForm, settings: AppSettings, *, vault: Vault, rng: Random
) -> tuple[SecretToken, SecretSource]:
    """Return the secret token a request wants, and where it is from now on.

    One that is made lies in a file of mode 0600 beside the record, for the receiver to read; no answer shows
    it. In a record that machines share every one is sealed as it is now: a later change of its variable or
    file is not seen.

    Args:
        form: What is asked for; the app's own secret token where it names none.
        settings: What the one who started the app decided.
        vault: Seals a secret token that comes with the request.
        rng: Where one that is made comes from.

    Raises:
        SecretTokenError: There is none at the place that is named, or the place may not be named.
        StoreError: The file for one that is made cannot be written.
    """
    environ = settings.environ
    if form.secret_token is not None:
        return form.secret_token, Sealed(vault.seal(form.secret_token))
    if form.makes_secret_token:
        return _sealed_if_shared(_made(settings.database, rng), settings, vault)
    source: SecretSource | None = settings.secret_source
    if form.secret_token_file or form.secret_token_env:
        if settings.is_shared:
            raise SecretTokenError(
                "a file or variable of this machine cannot be named in an app that others reach; "
                "give the secret token itself as secret_token"
            )
        source = (
            FromFile(form.secret_token_file)
            if form.secret_token_file
            else FromEnvironment(str(form.secret_token_env))
        )
    if source is None:
        found = find_secret(file=None, env_file=None, environ=environ)
    else:
        found = read(source, None, environ=environ), source
    return _sealed_if_shared(found, settings, vault)


def _sealed_if_shared(
    found: tuple[SecretToken, SecretSource], settings: AppSettings, vault: Vault
) -> tuple[SecretToken, SecretSource]:
    """Return the secret token with a source that every machine has, where several share the record."""
    token, source = found
    if not isinstance(settings.database, DatabaseUrl):
        return found
    copy_of = source.path if isinstance(source, FromFile) else ""
    return token, Sealed(vault.seal(token), copy_of)


def _made(database: Place, rng: Random) -> tuple[SecretToken, SecretSource]:
    token = SecretToken(short_id(rng))
    if isinstance(database, DatabaseUrl):
        folder = data_folder() / "tokens"
    else:
        folder = database.absolute().with_name(f"{database.name}.tokens")
    path = folder / f"{rng.randbytes(8).hex()}.txt"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StoreError(
            f"cannot make the file {path} for a secret token: {error.strerror}; give one as secret_token"
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(token.key() + b"\n")
    return token, FromFile(str(path))
