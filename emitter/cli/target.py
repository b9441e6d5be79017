"""The options of every command that sends, and what they come to: an endpoint that can be sent to."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.secret_options import env_file_option, secret_from, secret_token_file_option
from emitter.core.schedule import parse_duration
from emitter.core.subscription import Subscription
from emitter.core.targets import parse_target
from emitter.core.zoom import DEADLINE_S
from emitter.errors import InvalidSettingError
from emitter.faking.ids import short_id
from emitter.settings.authentication import AUTH_HELP, parse_auth
from emitter.settings.file import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.secrets import SecretToken
    from emitter.delivery.courier import Endpoint
    from emitter.delivery.secret_sources import SecretSource

MAX_TIMEOUT_S: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTarget:
    """An endpoint with its key, ready to be sent to.

    Attributes:
        subscription: With the defaults of one-shot commands: one attempt, real time.
        secret_token: The key.
        secret_source: Where it comes from, for the store.
    """

    subscription: Subscription
    secret_token: SecretToken
    secret_source: SecretSource

    def open(self) -> Endpoint:
        """Return what attempts are made with."""
        from emitter.delivery.endpoints import open_endpoint  # noqa: PLC0415 - imports requests

        return open_endpoint(self.subscription, self.secret_token)


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """What the flags, the environment and the settings say about where to send."""

    flags: dict[str, Any]
    settings: Settings

    def resolve(self, url_or_name: str, *, own_secret: SecretToken | None = None) -> ResolvedTarget:
        """Return the endpoint behind a URL or the name of a receiver in the settings.

        Args:
            url_or_name: The URL, or the name.
            own_secret: The key where the caller made it, in place of one that is looked for.

        Raises:
            UsageError: The URL, the secret token or an option cannot be used.
        """
        is_url = "://" in url_or_name
        table = self.settings.defaults if is_url else self.settings.receiver(url_or_name)
        values = table | {key: value for key, value in self.flags.items() if value}
        url = url_or_name if is_url else str(table["url"])
        parse_target(url)
        secret_token, source = secret_from(values, own_secret)
        subscription = Subscription(
            url=url,
            name="" if is_url else url_or_name,
            events=tuple(values.get("events", ("*",))),
            auth=parse_auth(values.get("auth"), values.get("header")),
            client_id=short_id(Random(f"client of {url}")),  # noqa: S311 - a fake id, not a secret
            timeout_s=_timeout_s(values.get("timeout")),
            allowed_hosts=tuple(host.lower() for host in values.get("allow-host", ())),
            ca_bundle=str(Path(values["ca-bundle"]).absolute()) if values.get("ca-bundle") else "",
            verifies_tls=not values.get("insecure"),
        )
        return ResolvedTarget(subscription=subscription, secret_token=secret_token, secret_source=source)


def target_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the target options to a command; it gets them as ``target: TargetChoice``."""

    @target_flags
    @functools.wraps(function)
    def with_target(*args: Any, flags: dict[str, Any], **kwargs: Any) -> Any:
        return function(*args, target=TargetChoice(flags, load_settings(Path.cwd())), **kwargs)

    return with_target


def target_flags(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the target options to a command that reads no settings with them; it gets ``flags: dict``."""

    @functools.wraps(function)
    def with_flags(*args: Any, **kwargs: Any) -> Any:
        flags = {name: kwargs.pop(name.replace("-", "_")) for name in _FLAGS}
        return function(*args, flags=flags, **kwargs)

    for option in reversed(_FLAGS.values()):
        with_flags = option(with_flags)
    return with_flags


def _env(name: str) -> str:
    return f"ZOOM_EMITTER_{name}"


_FLAGS: Final = {
    "secret-token-file": secret_token_file_option,
    "env-file": env_file_option,
    "auth": click.option("--auth", envvar=_env("AUTH"), metavar="MODE:VALUE", help=AUTH_HELP),
    "header": click.option(
        "--header",
        envvar=_env("HEADER"),
        metavar="'NAME: VALUE'",
        help="Zoom's custom header; VALUE may be env:NAME or @FILE.",
    ),
    "timeout": click.option(
        "--timeout",
        envvar=_env("TIMEOUT"),
        metavar="DURATION",
        help="The whole time a receiver has to answer; 3s as Zoom, longer for a breakpoint.",
    ),
    "ca-bundle": click.option(
        "--ca-bundle", envvar=_env("CA_BUNDLE"), metavar="FILE", help="Trust these certificates instead."
    ),
    "insecure": click.option(
        "--insecure", is_flag=True, envvar=_env("INSECURE"), help="Accept any certificate."
    ),
    "allow-host": click.option(
        "--allow-host",
        multiple=True,
        envvar=_env("ALLOW_HOST"),
        metavar="NAME",
        help="A public host that may be sent to.",
    ),
}


def _timeout_s(text: str | None) -> float:
    if not text:
        return DEADLINE_S
    timeout_s = parse_duration(text)
    if not 0 < timeout_s <= MAX_TIMEOUT_S:
        raise InvalidSettingError(f"the timeout {text!r} is not between 1ms and 10m")
    return timeout_s
