"""What the texts of the options mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.observers import Observer
    from contracts.receiver import Receiver
    from emitter.core.subscription import Subscription


def names_in(text: str | None) -> list[str]:
    """Return the names of a list with commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def rate_in(text: str | None) -> float | None:
    """Read ``50/s``; None is no limit.

    Raises:
        InvalidSettingError: It is no number of requests a second.
    """
    if not text:
        return None
    number = text.removesuffix("/s")
    try:
        per_second = float(number)
    except ValueError:
        per_second = 0.0
    if not 0 < per_second < float("inf"):
        raise InvalidSettingError(
            f"the rate limit {text!r} is no number of requests a second; write for example 50/s"
        )
    return per_second


def observing_of(
    url: str | None, command: str | None, settings: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """Return by which URL and which command effects are counted: as the options say, else the settings."""
    if url or command:
        return url, command
    return settings.get("observe"), settings.get("observe-cmd")


def observer_in(url: str | None, command: str | None, *, subscription: Subscription) -> Observer | None:
    """Return who counts the receiver's effects, by ``--observe`` and ``--observe-cmd``; None for nobody.

    Raises:
        InvalidSettingError: Both are given, or the URL cannot be used.
    """
    from contracts.observers import CommandObserver, UrlObserver  # noqa: PLC0415 - imports requests

    if url and command:
        raise InvalidSettingError("--observe and --observe-cmd exclude each other; one number is compared")
    if url:
        return UrlObserver(url, subscription)
    return CommandObserver(command) if command else None


def observing_words(url: str | None, command: str | None) -> tuple[str, ...]:
    """Return the options by which a run is observed again; a URL that may hold a secret is not repeated."""
    if command:
        return ("--observe-cmd", command)
    return ("--observe", url) if url and not {"?", "@"} & {*url} else ()


def events_for(receiver: Receiver, catalog: Any, names: str | None) -> tuple[Any, ...]:
    """Return the events of the catalog that a receiver subscribes to, or those of ``--events``.

    Raises:
        UsageError: There are none, or a name fits none.
    """
    from emitter.catalog.patterns import matching  # noqa: PLC0415

    subscribed = [event for event in catalog if receiver.subscription.wants(event.name)]
    if not names:
        if not subscribed:
            raise InvalidSettingError(
                f"the receiver {receiver.subscription.name!r} subscribes to no event of the document"
            )
        return tuple(subscribed)
    chosen = {event.name: event for name in names_in(names) for event in matching(catalog, name)}
    return tuple(event for event in catalog if event.name in chosen)
