"""``emit --via URL``: hands events to a running app, which signs, sends, retries and records them."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

import rich_click as click
from click import get_current_context
from click.core import ParameterSource

from emitter.cli.exact_bytes import exact_bytes
from emitter.core.targets import parse_target
from emitter.errors import InvalidSettingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import requests

    from emitter.core.fault import Fault

VARIABLE: Final = "ZOOM_EMITTER_TOKEN"
_TIMEOUT_S: Final = 30.0
_NO_CONNECTION: Final = 3
_UNAUTHORIZED: Final = 401
_ACCEPTED: Final = 202
_GO_ALONG: Final = frozenset(
    {"via", "via_token_file", "events", "count", "seed", "story", "overrides", "unset", "payload", "raw"}
    | {"locales", "is_forced", "fault_names", "as_json", "list_faults"}
)
"""What `emit` also takes with ``--via``; all else is a matter of the app's subscriptions."""


def via_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a running app."""
    function = click.option("--via-token-file", metavar="FILE", help="Read that app's token from a file.")(
        function
    )
    return click.option(
        "--via", metavar="URL", help=f"Let a running app send it; {VARIABLE} holds its token, if any."
    )(function)


def refuse_what_the_app_decides() -> None:
    """Raise InvalidSettingError for an option that does not go with ``--via``."""
    context = get_current_context()
    for parameter in context.command.params:
        name = str(parameter.name)
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in _GO_ALONG:
            raise InvalidSettingError(
                f"{parameter.opts[0]} does not go with --via: where and how events go is a matter of the "
                "app's subscriptions"
            )


def send_via(
    url: str,
    bodies: Iterator[tuple[str, bytes]],
    *,
    faults: Sequence[Fault],
    token_file: str | None,
    as_json: bool,
) -> None:
    """Hand each event's exact body to the app, and print the deliveries it accepted.

    Raises:
        UsageError: The app refused one; those before it are accepted.
        InvalidSettingError: The URL cannot be used, a body is no text, or a fault takes several events at
            once, which are handed over one by one.
    """
    import requests  # noqa: PLC0415 - takes a while to load

    parse_target(url)
    for fault in faults:
        if fault.least_events > 1:
            raise InvalidSettingError(
                f"the fault {fault.name!r} takes several events, and --via hands them over one by one; "
                "ask the app itself, POST /api/events with a count, or send with --to"
            )
    names = [fault.name for fault in faults]
    address = f"{url.rstrip('/')}/api/events"
    session = requests.Session()
    session.trust_env = False
    token = _token(token_file)
    if token:
        session.headers["authorization"] = f"Bearer {token}"
    for event, body in bodies:
        value = {"event": event, "body": _text(body)} | ({"faults": names} if names else {})
        try:
            answer = session.post(address, json=value, timeout=_TIMEOUT_S, allow_redirects=False)
        except (requests.RequestException, UnicodeError):
            _no_app(url)
        for delivery in _accepted(answer):
            _show(delivery, as_json=as_json)


def _token(file: str | None) -> str:
    text = os.environ.get(VARIABLE, "") if file is None else exact_bytes(file).decode("utf-8", "replace")
    token = text.strip()
    if not (token.isascii() and token.isprintable()):
        raise InvalidSettingError("the app's token is not printable ASCII; give it as the app was given it")
    return token


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise InvalidSettingError(
            "the body is not UTF-8, which the app's JSON cannot hold; send it with --to"
        ) from None


def _accepted(answer: requests.Response) -> list[dict[str, Any]]:
    try:
        value = answer.json()
        if answer.status_code == _ACCEPTED:
            deliveries: list[dict[str, Any]] = value["deliveries"]
            return deliveries
        detail = str(value["detail"])
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"what answers there ({answer.status_code}) is no zoom-emitter app; "
            "`zoom-emitter serve` says the URL of one"
        ) from None
    hint = f"; set {VARIABLE}" if answer.status_code == _UNAUTHORIZED else ""
    raise UsageError(f"the app refused it: {detail}{hint}")


def _show(delivery: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(delivery, ensure_ascii=False))
    else:
        click.echo(f"#{delivery['id']}  {delivery['event']}  for subscription {delivery['subscription']}")


def _no_app(url: str) -> NoReturn:
    click.echo(
        f"error: no app answers at {parse_target(url).shown}; start one with `zoom-emitter serve`", err=True
    )
    sys.exit(_NO_CONNECTION)
