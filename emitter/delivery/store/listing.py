"""Lists of deliveries a page at a time, newest first, as quick for a million as for a few.

Every page is the head of an index walked backwards from where the page before ended; nothing is counted or
sorted on the way. A pattern for events is first turned into the names that fit it.
"""

from __future__ import annotations

import fnmatch
import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import LargeBinary, and_, func, literal, or_, select

from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.record import DeliverySummary
from emitter.delivery.store.rows import delivery_from, outcome_from
from emitter.delivery.store.tables import (
    ENDED,
    GIVEN_UP,
    PENDING,
    UNDER_WAY,
    attempts,
    deliveries,
    subscriptions,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, TextClause

    from emitter.delivery.store.database import Database
    from emitter.delivery.store.record import DeliveryFilter

_NEWEST_FIRST: Final = (deliveries.c.created_at_ms.desc(), deliveries.c.id.desc())
_NO_BODY: Final = literal(b"", LargeBinary).label("body")
_SHOWN: Final = [column for column in deliveries.c if column.name != "body"]
_OUTCOME: Final = [attempts.c[name] for name in ("outcome", "status", "code", "detail")]


def list_deliveries(
    database: Database, wanted: DeliveryFilter, *, limit: int, before_id: int | None = None
) -> list[DeliverySummary]:
    """Return deliveries without their bodies, those accepted last first.

    Args:
        database: The record.
        wanted: Which ones; a part of a URL is not looked for here.
        limit: At most so many.
        before_id: Only those that come after this one in the list: the last of the page before.
    """
    with database.reading() as connection:
        ids = _page(connection, wanted, limit, before_id)
        rows = {row.id: row for row in connection.execute(_summaries(ids))} if ids else {}
    with database.checked("a delivery"):
        return [_summary(rows[number]) for number in ids if number in rows]


def _page(connection: Connection, wanted: DeliveryFilter, limit: int, before_id: int | None) -> list[int]:
    always = _of_time(wanted)
    if before_id is not None:
        always.append(_after(connection, before_id))
    known, own = [*_of_outcome(wanted.outcome), *_of_state(wanted.state)], _of_subscription(wanted)
    each: list[list[_Choice]] = [[]]
    if wanted.event:
        names = _names(connection, wanted.event)
        each = [[_of(deliveries.c.event, name)] for name in names]
        if known and len(each) > 1 and sum(_count(connection, one) for (one,) in each) >= _ENOUGH:
            # An index for something else holds the names, and is walked once in place of once for each.
            always.append(deliveries.c.event.concat("").in_(names))
            each = [[]]
    # First what is found by an index that holds the columns of those after it.
    pages = [_heads(connection, [*known, *of_name, *own], always, limit) for of_name in each]
    merged = heapq.merge(*pages, key=lambda row: (row.created_at_ms, row.id), reverse=True)
    return [row.id for row, _ in zip(merged, range(limit), strict=False)]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What rows have to be.

    Attributes:
        by_index: Said so that the index made for it is used.
        by_row: Said so that no index is looked for.
    """

    by_index: ColumnElement[bool]
    by_row: ColumnElement[bool]


_ENOUGH: Final = 2000
_PENDING: Final = _Choice(and_(PENDING), deliveries.c.state.concat("") == DeliveryState.PENDING.value)


def _of_subscription(wanted: DeliveryFilter) -> list[_Choice]:
    return (
        [] if wanted.subscription_id is None else [_of(deliveries.c.subscription_id, wanted.subscription_id)]
    )


def _of_outcome(kind: OutcomeKind | None) -> list[_Choice]:
    if kind is None:
        return []
    index = UNDER_WAY if kind is OutcomeKind.UNKNOWN else ENDED
    return [_of(deliveries.c.last_outcome, kind.value, index)]


def _of_state(state: DeliveryState | None) -> list[_Choice]:
    if state is None:
        return []
    if state is DeliveryState.PENDING:
        return [_PENDING]
    if state is DeliveryState.DELIVERED:  # just what was accepted
        return _of_outcome(OutcomeKind.ACCEPTED)
    return [_of(deliveries.c.state, state.value, GIVEN_UP)]


def _of(column: ColumnElement[Any], value: Any, index: TextClause | None = None) -> _Choice:
    is_it: ColumnElement[bool] = column == value
    plain = column + 0 if isinstance(value, int) else column.concat("")
    return _Choice(is_it if index is None else and_(index, is_it), plain == value)


def _heads(
    connection: Connection, choices: list[_Choice], always: list[ColumnElement[bool]], limit: int
) -> Sequence[Any]:
    """Return the first rows that meet every choice, found by the index of the rarest one.

    How rare each is, is seen by counting up to a few thousand: without statistics the database could only
    guess. Where all are many, it is the first one, and no row is looked up on the way.
    """
    rarest = min(choices, key=lambda choice: _count(connection, choice), default=None)
    conditions = [choice.by_index if choice is rarest else choice.by_row for choice in choices]
    page = select(deliveries.c.created_at_ms, deliveries.c.id).where(*conditions, *always)
    return connection.execute(page.order_by(*_NEWEST_FIRST).limit(limit)).all()


def _count(connection: Connection, choice: _Choice) -> int:
    some = select(literal(1)).select_from(deliveries).where(choice.by_index).limit(_ENOUGH).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _of_time(wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since_ms is not None:
        conditions.append(deliveries.c.created_at_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        conditions.append(deliveries.c.created_at_ms < wanted.until_ms)
    return conditions


def _after(connection: Connection, before_id: int) -> ColumnElement[bool]:
    """Return the condition for what comes after a delivery in the list, or after where it was."""
    nearest = (
        select(deliveries.c.created_at_ms)
        .where(deliveries.c.id <= before_id)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    at_ms = connection.execute(nearest).scalar_one_or_none()
    if at_ms is None:
        return deliveries.c.id < before_id
    created = deliveries.c.created_at_ms
    return and_(created <= at_ms, or_(created < at_ms, deliveries.c.id < before_id))


def _names(connection: Connection, pattern: str) -> list[str]:
    """Return the names of recorded events that a pattern fits, by its last part where it has no dot.

    Each name is one step in the index, however often it was sent.
    """
    if "." in pattern and "*" not in pattern and "?" not in pattern:
        return [pattern]
    names: list[str] = []
    name: str | None = connection.execute(select(func.min(deliveries.c.event))).scalar_one()
    while name is not None:
        names.append(name)
        following = select(func.min(deliveries.c.event)).where(deliveries.c.event > name)
        name = connection.execute(following).scalar_one()
    pattern = pattern.replace("[", "[[]")
    return [
        name
        for name in names
        if fnmatch.fnmatchcase(name, pattern)
        or ("." not in pattern and fnmatch.fnmatchcase(name.rpartition(".")[2], pattern))
    ]


def _summaries(ids: list[int]) -> Any:
    last = and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts_made)
    return (
        select(*_SHOWN, _NO_BODY, subscriptions.c.url, *_OUTCOME)
        .select_from(deliveries.join(subscriptions).join(attempts, last, isouter=True))
        .where(deliveries.c.id.in_(ids))
    )


def _summary(row: Any) -> DeliverySummary:
    return DeliverySummary(
        delivery=delivery_from(row),
        url=row.url,
        attempts_made=row.attempts_made,
        last_outcome=None if row.outcome is None else outcome_from(row),
    )
