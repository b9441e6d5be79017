"""Where a command that sends nothing finds the secret token: as the target options do, without a target."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.core.secrets import Secret
from emitter.errors import InvalidSettingError
from emitter.settings.file import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.secrets import SecretToken
    from emitter.delivery.secret_sources import SecretSource


secret_token_file_option: Final = click.option(
    "--secret-token-file",
    envvar="ZOOM_EMITTER_SECRET_TOKEN_FILE",
    metavar="FILE",
    help="Read the secret token from a file; otherwise ZOOM_WEBHOOK_SECRET_TOKEN holds it.",
)
env_file_option: Final = click.option(
    "--env-file",
    envvar="ZOOM_EMITTER_ENV_FILE",
    metavar="FILE",
    help="Read ZOOM_WEBHOOK_SECRET_TOKEN from a .env file.",
)


def secret_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the secret token to a command; it gets it as ``secret_token: SecretToken``."""

    @secret_token_file_option
    @env_file_option
    @functools.wraps(function)
    def with_secret(*args: Any, secret_token_file: str | None, env_file: str | None, **kwargs: Any) -> Any:
        flags = {"secret-token-file": secret_token_file, "env-file": env_file}
        given = {name: value for name, value in flags.items() if value}
        secret_token, _ = secret_from(given or load_settings(Path.cwd()).defaults)
        return function(*args, secret_token=secret_token, **kwargs)

    return with_secret


def secret_from(
    values: dict[str, Any], own_secret: SecretToken | None = None
) -> tuple[SecretToken, SecretSource]:
    """Return the secret token and where it is: in a file, a variable, or the usual places.

    One that the caller made is where receivers look for it first.

    Raises:
        SecretTokenError: It is nowhere, or cannot be used.
    """
    from emitter.delivery.secret_sources import VARIABLES, FromEnvironment, find_secret, read  # noqa: PLC0415

    if own_secret:
        return own_secret, FromEnvironment(VARIABLES[0])
    if values.get("secret-token-env") and not values.get("secret-token-file"):
        source = FromEnvironment(str(values["secret-token-env"]))
        return read(source, None), source
    return find_secret(
        file=_path(values.get("secret-token-file")),
        env_file=_path(values.get("env-file")),
        environ=os.environ,
    )


def verification_token_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--verification-token-file``; the command gets ``verification_token: Secret | None``."""

    @click.option(
        "--verification-token-file",
        metavar="FILE",
        help="Also try the app's retired verification token as the key, to see if it was mistaken for one.",
    )
    @functools.wraps(function)
    def with_token(*args: Any, verification_token_file: str | None, **kwargs: Any) -> Any:
        token = _token(Path(verification_token_file)) if verification_token_file else None
        return function(*args, verification_token=token, **kwargs)

    return with_token


def _token(path: Path) -> Secret:
    try:
        return Secret(path.read_text(encoding="utf-8-sig").strip())
    except UnicodeDecodeError:
        raise InvalidSettingError(f"{path} is not UTF-8 text; write the token into it as text") from None
    except OSError as error:
        raise InvalidSettingError(f"cannot read {path}: {error.strerror}; name a readable file") from None


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None
