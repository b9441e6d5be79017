"""What apps and workers that share a record tell each other; with a file of its own an app is alone.

Each app counts and shows what all of them do. Where much happens at once, or nobody looks, followers are
told to look at the lists again.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from emitter.app.values import attempt_brief, delivery_value, notice_value
from emitter.delivery.store.news import News, tell
from emitter.delivery.store.notices import find_notices
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.app.feed import Feed
    from emitter.app.metrics import Metrics
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.delivery.store import Store
    from emitter.delivery.store.news import Message

_MOST_SHOWN: Final = 50
"""How many deliveries and attempts of others are told one by one at a time."""


class Telling:
    """Tells the others what happened here. Thread-safe.

    Args:
        store: The record.

    Attributes:
        own_name: By whom it is told.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.own_name = secrets.token_hex(4)

    def accepted(self, deliveries: Sequence[Delivery]) -> None:
        """Tell of deliveries that were committed together."""
        self._tell(kind="accepted", first=deliveries[0].id, last=deliveries[-1].id)

    def attempted(self, delivery: Delivery, attempt: Attempt) -> None:
        """Tell of an attempt that was recorded."""
        self._tell(
            kind="attempt",
            id=delivery.id,
            number=attempt.number,
            outcome=attempt.outcome.kind.value,
            total_ms=attempt.timing.total_ms,
            state=delivery.state.value,
        )

    def steered(self, delivery_id: int) -> None:
        """Tell of a delivery that was moved by hand, or cancelled."""
        self._tell(kind="delivery", id=delivery_id)

    def changed(self, subscription_id: int, *, has_notice: bool = False) -> None:
        """Tell of a subscription that was changed, and whether its owner was given notice."""
        self._tell(kind="subscription", id=subscription_id, has_notice=has_notice)

    def _tell(self, **message: Any) -> None:
        if self._store.is_shared:
            tell(self._store, message, by=self.own_name)


class Listening:
    """Counts and shows what others did.

    Args:
        store: The record.
        feed: What it is shown by.
        metrics: What counts it.
        changed: Reads a subscription anew and shows it; told of all that are there where news were missed.
        wake: Looks at what is due.
    """

    def __init__(
        self,
        store: Store,
        *,
        feed: Feed,
        metrics: Metrics,
        changed: Callable[[int | None], None],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._feed = feed
        self._metrics = metrics
        self._changed = changed
        self._wake = wake

    def heard(self, messages: list[Message]) -> None:
        """Take in what others did."""
        self._wake()
        self._count(messages)
        shown = sum(
            each["last"] - each["first"] + 1 if each["kind"] == "accepted" else 1 for each in messages
        )
        if not self._feed.followers or shown > _MOST_SHOWN:
            for each in messages:
                if each["kind"] == "subscription":
                    self._changed(each["id"])
            self._feed.tell_missed()
            return
        for each in messages:
            try:
                self._show(each)
            except UnknownNameError:  # pruned meanwhile
                continue

    def missed(self) -> None:
        """Take nothing for granted: others may have done anything."""
        self._changed(None)
        self._feed.tell_missed()
        self._wake()

    def _count(self, messages: list[Message]) -> None:
        for each in messages:
            if each["kind"] == "attempt":
                self._metrics.attempted(
                    outcome=each["outcome"], total_ms=each["total_ms"], state=each["state"]
                )
            elif each["kind"] == "accepted":
                self._metrics.accepted(_size(each))

    def _show(self, message: Message) -> None:
        match message["kind"]:
            case "attempt":
                self._show_attempt(message["id"], message["number"])
            case "accepted":
                for number in range(message["first"], message["last"] + 1):
                    self._show_delivery(number)
            case "delivery":
                self._show_delivery(message["id"])
            case "subscription":
                self._show_subscription(message["id"], has_notice=message["has_notice"])
            case _:  # a later version's
                pass

    def _show_attempt(self, delivery_id: int, attempt_number: int) -> None:
        delivery = self._store.get_delivery(delivery_id)
        for attempt in self._store.attempts(delivery_id):
            if attempt.number == attempt_number:
                self._feed.tell("attempt", attempt_brief(delivery, attempt))

    def _show_delivery(self, delivery_id: int) -> None:
        self._feed.tell("delivery", delivery_value(self._store.get_delivery(delivery_id)))

    def _show_subscription(self, subscription_id: int, *, has_notice: bool) -> None:
        self._changed(subscription_id)
        latest = find_notices(self._store, subscription_id=subscription_id, limit=1) if has_notice else []
        for notice in latest:
            self._feed.tell("notice", notice_value(notice))


def _size(message: Message) -> int:
    """Return how many deliveries or attempts news are of."""
    return int(message["last"] - message["first"] + 1) if message["kind"] == "accepted" else 1


def news_for(listening: Listening, store: Store, *, own_name: str) -> News | None:
    """Return what hears the others; None where a record is one app's own."""
    if not store.is_shared:
        return None
    return News(store, own_name=own_name, heard=listening.heard, missed=listening.missed)
