"""Looking at what was sent, and throwing it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, true

from emitter.delivery.store.database import Database
from emitter.delivery.store.rows import attempt_from, delivery_from, outcome_from
from emitter.delivery.store.tables import attempts, deliveries, handshakes, subscriptions
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from emitter.core.deliveries import Attempt, Delivery, DeliveryState
    from emitter.core.outcome import Outcome, OutcomeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries are meant; what is None or empty leaves all.

    Attributes:
        event: A name or its last part, with ``*`` and ``?`` as in file names.
        outcome: How the last attempt ended.
        state: Where the delivery stands.
        since_ms: Accepted at this time or later, milliseconds since the epoch.
        until_ms: Accepted before this time.
        subscription_id: Of this subscription.
        url_contains: A part of the endpoint's URL, which has no query here.
    """

    event: str = ""
    outcome: OutcomeKind | None = None
    state: DeliveryState | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    subscription_id: int | None = None
    url_contains: str = ""


ALL: Final = DeliveryFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySummary:
    """A delivery with what a list shows of it.

    Attributes:
        delivery: The delivery.
        url: The endpoint, without its query.
        attempts_made: How many attempts have begun.
        last_outcome: How the last one ended, None before the first.
    """

    delivery: Delivery
    url: str
    attempts_made: int
    last_outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows of each kind; `pending` deliveries are among `deliveries`."""

    deliveries: int
    pending: int
    attempts: int
    handshakes: int
    subscriptions: int


class Record(Database):
    """What was sent and what came of it."""

    def find_deliveries(
        self, wanted: DeliveryFilter = ALL, *, limit: int = 50, before_id: int | None = None
    ) -> list[DeliverySummary]:
        """Return deliveries, newest first.

        Args:
            wanted: Which ones.
            limit: At most so many.
            before_id: Only those older than this one: the last number of the page before.
        """
        query = _joined().where(_meets(wanted)).order_by(deliveries.c.id.desc()).limit(limit)
        if before_id is not None:
            query = query.where(deliveries.c.id < before_id)
        with self.reading() as connection:
            rows = connection.execute(query).all()
        with self.checked("a delivery"):
            return [_summary(row) for row in rows]

    def delivery_ids(self, wanted: DeliveryFilter = ALL) -> list[int]:
        """Return the numbers of deliveries, oldest first."""
        query = _joined(deliveries.c.id).where(_meets(wanted)).order_by(deliveries.c.id)
        with self.reading() as connection:
            return [*connection.execute(query).scalars()]

    def summary(self, delivery_id: int) -> DeliverySummary:
        """Return one delivery with its endpoint and last outcome.

        Raises:
            UnknownNameError: There is none of this number.
            StoreError: The record could not be read.
        """
        with self.reading() as connection:
            return self._summary(connection, delivery_id)

    def whole(self, delivery_id: int) -> tuple[DeliverySummary, list[Attempt]]:
        """Return one delivery and its attempts, both of one moment; raises as `summary`."""
        with self.reading() as connection:
            return self._summary(connection, delivery_id), self._attempts(connection, delivery_id)

    def get_delivery(self, delivery_id: int) -> Delivery:
        """Return one delivery; raises as `summary`."""
        return self.summary(delivery_id).delivery

    def attempts(self, delivery_id: int) -> list[Attempt]:
        """Return a delivery's attempts in order; those under way or cut are `unknown`."""
        with self.reading() as connection:
            return self._attempts(connection, delivery_id)

    def _summary(self, connection: Connection, delivery_id: int) -> DeliverySummary:
        row = connection.execute(_joined().where(deliveries.c.id == delivery_id)).one_or_none()
        if row is None:
            hint = "`zoom-emitter deliveries list` shows the numbers there are"
            raise UnknownNameError("delivery", str(delivery_id), hint=hint)
        with self.checked(f"delivery {delivery_id}"):
            return _summary(row)

    def _attempts(self, connection: Connection, delivery_id: int) -> list[Attempt]:
        query = select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
        rows = connection.execute(query).all()
        with self.checked(f"an attempt of delivery {delivery_id}"):
            return [attempt_from(row) for row in rows]

    def prunable(self, before_ms: int | None) -> Counts:
        """Return what `prune` would delete."""
        with self.reading() as connection:
            return _counts(connection, before_ms)

    def prune(self, before_ms: int | None) -> Counts:
        """Delete deliveries, pending ones too, their attempts, and handshakes; return how many.

        Subscriptions of one-shot commands go with the last of their deliveries; those of the app stay.

        Args:
            before_ms: Only what began before this time, milliseconds since the epoch; None for all.
        """
        with self.writing() as connection:
            counts = _counts(connection, before_ms)
            useless = select(subscriptions.c.id).where(_is_useless(before_ms)).scalar_subquery()
            connection.execute(delete(subscriptions).where(subscriptions.c.id.in_(useless)))
            connection.execute(delete(deliveries).where(_is_old(deliveries, before_ms)))
            connection.execute(delete(handshakes).where(_is_old(handshakes, before_ms)))
        self.shrink()
        return counts


def _joined(*columns: ColumnElement[Any]) -> Select[Any]:
    last_attempt = and_(
        attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts_made
    )
    shown = columns or (
        *deliveries.c,
        subscriptions.c.url,
        attempts.c.outcome,
        attempts.c.status,
        attempts.c.code,
        attempts.c.detail,
    )
    return select(*shown).select_from(
        deliveries.join(subscriptions).join(attempts, last_attempt, isouter=True)
    )


def _summary(row: Any) -> DeliverySummary:
    return DeliverySummary(
        delivery=delivery_from(row),
        url=row.url,
        attempts_made=row.attempts_made,
        last_outcome=None if row.outcome is None else outcome_from(row),
    )


def _meets(wanted: DeliveryFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if wanted.event:
        conditions.append(_is_named(wanted.event))
    if wanted.outcome is not None:
        conditions.append(attempts.c.outcome == wanted.outcome.value)
    if wanted.state is not None:
        conditions.append(deliveries.c.state == wanted.state.value)
    if wanted.since_ms is not None:
        conditions.append(deliveries.c.created_at_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        conditions.append(deliveries.c.created_at_ms < wanted.until_ms)
    if wanted.subscription_id is not None:
        conditions.append(deliveries.c.subscription_id == wanted.subscription_id)
    if wanted.url_contains:
        conditions.append(subscriptions.c.url.contains(wanted.url_contains, autoescape=True))
    return and_(*conditions)


def _is_named(pattern: str) -> ColumnElement[bool]:
    """Return whether the event's name, or its last part where the pattern has no dot, fits."""
    signs = {"*": "%", "?": "_", "%": r"\%", "_": r"\_", "\\": "\\\\"}
    like = "".join(signs.get(character, character) for character in pattern)
    whole = deliveries.c.event.like(like, escape="\\")
    return whole if "." in pattern else or_(whole, deliveries.c.event.like(f"%.{like}", escape="\\"))


def _is_old(table: Table, before_ms: int | None) -> ColumnElement[bool]:
    began = table.c.started_at_ms if table is handshakes else table.c.created_at_ms
    return true() if before_ms is None else began < before_ms


def _is_useless(before_ms: int | None) -> ColumnElement[bool]:
    """Return whether a subscription of a command is left with nothing once what is old is gone."""
    still_used = [
        exists().where(table.c.subscription_id == subscriptions.c.id, ~_is_old(table, before_ms))
        for table in (deliveries, handshakes)
    ]
    return and_(
        subscriptions.c.origin == "command",
        _is_old(subscriptions, before_ms),
        *(~used for used in still_used),
    )


def _counts(connection: Connection, before_ms: int | None) -> Counts:
    def count(table: Table, *conditions: ColumnElement[bool]) -> int:
        return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()

    old = _is_old(deliveries, before_ms)
    of_old = attempts.c.delivery_id.in_(select(deliveries.c.id).where(old))
    return Counts(
        deliveries=count(deliveries, old),
        pending=count(deliveries, old, deliveries.c.due_at_ms.is_not(None)),
        attempts=count(attempts, of_old),
        handshakes=count(handshakes, _is_old(handshakes, before_ms)),
        subscriptions=count(subscriptions, _is_useless(before_ms)),
    )
