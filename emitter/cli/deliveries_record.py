"""What the `deliveries` commands share: the record that is there, and which deliveries are meant."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.core.schedule import parse_duration
from emitter.errors import InvalidSettingError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emitter.delivery.store import DeliveryFilter, Store

ID: Final = click.IntRange(1, 2**63 - 1)
FIRST_STEP: Final = "`zoom-emitter emit playlist_create --to URL` makes one"

_OUTCOMES: Final = click.Choice([kind.value for kind in OutcomeKind])
_STATES: Final = click.Choice([state.value for state in DeliveryState])

database_option: Final = click.option(
    "--database",
    envvar="ZOOM_EMITTER_DATABASE",
    metavar="FILE|URL",
    help="The record, if it is not the usual one.",
)


@contextmanager
def existing_record(database: str | None) -> Iterator[Store | None]:
    """Open the record and say where it is; None where nothing was ever recorded, so that none is made.

    Raises:
        StoreError: It cannot be opened.
    """
    from emitter.cli.recording import record_place  # noqa: PLC0415 - imports SQLAlchemy
    from emitter.delivery.store import Store  # noqa: PLC0415 - imports SQLAlchemy
    from emitter.delivery.vault import vault_of  # noqa: PLC0415

    place = record_place(database)
    click.echo(f"record {place}", err=True)
    if isinstance(place, Path) and not place.exists():
        yield None
        return
    with Store.open(place, vault=vault_of(place)) as store:
        yield store


def record_with(store: Store | None, delivery_id: int) -> Store:
    """Return the record a delivery is looked for in.

    Raises:
        UnknownNameError: There is no record yet.
    """
    if store is None:
        raise UnknownNameError("delivery", str(delivery_id), hint=f"nothing is recorded yet: {FIRST_STEP}")
    return store


def filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose deliveries; the command gets them as ``chosen: Chosen``."""

    @functools.wraps(function)
    def with_filter(*args: Any, **kwargs: Any) -> Any:
        chosen = {name: kwargs.pop(name) for name in _FILTERS}
        return function(*args, chosen=chosen, **kwargs)

    for option in reversed(_FILTERS.values()):
        with_filter = option(with_filter)
    return with_filter


_FILTERS: Final = {
    "event": click.option(
        "--event", metavar="GLOB", default="", help="An event's name or last part, with *."
    ),
    "outcome": click.option(
        "--outcome",
        type=_OUTCOMES,
        help="How the last attempt ended.",
    ),
    "state": click.option(
        "--state",
        type=_STATES,
        help="Where the delivery stands.",
    ),
    "since": click.option(
        "--since", metavar="2h|TIME", help="Accepted since, as 2h ago or 2026-02-07T12:00."
    ),
    "until": click.option("--until", metavar="2h|TIME", help="Accepted before."),
    "subscription": click.option("--subscription", type=ID, metavar="ID", help="Of this subscription."),
    "to": click.option("--to", metavar="TEXT", default="", help="Sent to a URL that holds this text."),
}


def filter_of(chosen: dict[str, Any], *, now_ms: int) -> DeliveryFilter:
    """Return the filter that the options ask for.

    Raises:
        InvalidSettingError: A time is none.
    """
    from emitter.delivery.store import DeliveryFilter  # noqa: PLC0415 - imports SQLAlchemy

    since, until = (chosen[name] and moment_ms(chosen[name], now_ms=now_ms) for name in ("since", "until"))
    return DeliveryFilter(
        event=chosen["event"],
        outcome=chosen["outcome"] and OutcomeKind(chosen["outcome"]),
        state=chosen["state"] and DeliveryState(chosen["state"]),
        since_ms=since,
        until_ms=until,
        subscription_id=chosen["subscription"],
        url_contains=chosen["to"],
    )


def moment_ms(text: str, *, now_ms: int) -> int:
    """Return milliseconds since the epoch of a duration ago, or of an ISO 8601 time, local unless it says.

    Raises:
        InvalidSettingError: The text is neither.
    """
    try:
        return now_ms - round(parse_duration(text) * 1000)
    except InvalidSettingError:
        pass
    try:
        return round(datetime.fromisoformat(text).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise InvalidSettingError(
            f"{text!r} is neither a duration such as 2h or 30d nor a time such as 2026-02-07T12:00"
        ) from None


def local_time(at_ms: int) -> str:
    """Return a time as people here read it, to the second."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def printable(text: str) -> str:
    """Return text that cannot steer a terminal: control characters but line breaks and tabs are escaped."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode()
        for each in text
    )


def echo(text: str) -> None:
    """Print text as UTF-8, whatever the terminal speaks."""
    click.echo(text.encode("utf-8", "backslashreplace"))
