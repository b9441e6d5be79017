"""Where a command that sends nothing finds the secret token: as the target options do, without a target."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from emitter.cli.settings import load_settings
from emitter.core.secrets import Secret
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable


def secret_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the secret token to a command; it gets it as ``secret_token: SecretToken``."""

    @click.option(
        "--secret-token-file",
        envvar="ZOOM_EMITTER_SECRET_TOKEN_FILE",
        metavar="FILE",
        help="Read the secret token from a file; otherwise ZOOM_WEBHOOK_SECRET_TOKEN holds it.",
    )
    @click.option(
        "--env-file",
        envvar="ZOOM_EMITTER_ENV_FILE",
        metavar="FILE",
        help="Read ZOOM_WEBHOOK_SECRET_TOKEN from a .env file.",
    )
    @functools.wraps(function)
    def with_secret(*args: Any, secret_token_file: str | None, env_file: str | None, **kwargs: Any) -> Any:
        from emitter.delivery.secret_sources import FromEnvironment, find_secret, read  # noqa: PLC0415

        defaults = {} if secret_token_file or env_file else load_settings(Path.cwd()).defaults
        if variable := defaults.get("secret-token-env"):
            secret_token = read(FromEnvironment(variable), None)
        else:
            secret_token, _ = find_secret(
                file=_path(secret_token_file or defaults.get("secret-token-file")),
                env_file=_path(env_file or defaults.get("env-file")),
                environ=os.environ,
            )
        return function(*args, secret_token=secret_token, **kwargs)

    return with_secret


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
