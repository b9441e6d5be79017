"""The SQL of the timetable."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, delete, func, insert, literal_column, null, or_, select, update

from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.prepared import Prepared, Sparse
from emitter.delivery.store.rows import (
    BEGUN,
    ENDED,
    ITS_NUMBER,
    ITS_REQUEST,
    NEW_DELIVERY,
    SELDOM,
    WHOLE,
)
from emitter.delivery.store.tables import UNDER_WAY, attempts, deliveries, store_format

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement, Insert, Select, Update

# Constants as text: bound ones would be given to the driver with every row.
_ZERO: Final[ColumnElement[int]] = literal_column("0")
_ONE: Final[ColumnElement[int]] = literal_column("1")
_STANDING: Final = ("state", "retry_number", "virtual_ms", "attempts_made", "last_outcome", "due_at_ms")
_FREE: Final = {"leased_until_ms": null(), "leased_by": null()}
_UNKNOWN: Final[ColumnElement[str]] = literal_column(f"'{OutcomeKind.UNKNOWN}'")
_OUTCOME_BEFORE: Final = (
    select(attempts.c.outcome)
    .where(attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts_made - _ONE)
    .scalar_subquery()
)


def _given(columns: Sequence[str], bound: Collection[str]) -> dict[str, Any]:
    return {name: bindparam(name) if name in bound else null() for name in columns}


def _add_attempt(columns: Sequence[str], **fixed: Any) -> Sparse:
    def statement(bound: Collection[str]) -> Insert:
        return insert(attempts).values(_given(columns, bound) | fixed)

    return Sparse(statement, columns, seldom=SELDOM)


def _change_attempt(columns: Sequence[str]) -> Sparse:
    def statement(bound: Collection[str]) -> Update:
        conditions = (attempts.c[name] == bindparam(f"its_{name}") for name in ITS_NUMBER)
        return update(attempts).where(*conditions).values(_given(columns, bound))

    return Sparse(statement, (*(f"its_{name}" for name in ITS_NUMBER), *columns), seldom=SELDOM)


def _end_lease(bound: Collection[str]) -> Update:
    # A worker that finishes after its lease ran out must not undo what the next one has made of the delivery.
    return (
        update(deliveries)
        .where(deliveries.c.id == bindparam("its_id"), deliveries.c.attempts_made <= bindparam("at_most"))
        .values(_given(_STANDING, bound) | _FREE)
    )


TAKE_NUMBERS: Final = Prepared(
    update(store_format)
    .values(next_delivery_id=store_format.c.next_delivery_id + bindparam("count"))
    .returning(store_format.c.next_delivery_id),
    ("count",),
)
ADD_DELIVERY: Final = Prepared(
    insert(deliveries).values(_given(NEW_DELIVERY, NEW_DELIVERY) | {"attempts_made": _ZERO}), NEW_DELIVERY
)
ADD_ATTEMPT: Final = _add_attempt(WHOLE)
BEGIN_ATTEMPT: Final = _add_attempt(
    BEGUN,
    outcome=_UNKNOWN,
    detail=literal_column("''"),
    total_ms=_ZERO,
)
SIGN_AGAIN: Final = _change_attempt(ITS_REQUEST)
END_ATTEMPT: Final = _change_attempt((*ENDED, "next_retry_s"))
FORGET_ATTEMPT: Final = Prepared(
    delete(attempts).where(*(attempts.c[name] == bindparam(name) for name in ITS_NUMBER)), ITS_NUMBER
)

TAKE: Final = Prepared(
    update(deliveries)
    .where(deliveries.c.id == bindparam("its_id"))
    .values(
        last_outcome=_UNKNOWN,
        **{name: bindparam(name) for name in ("attempts_made", "leased_until_ms", "leased_by")},
    ),
    ("attempts_made", "leased_until_ms", "leased_by", "its_id"),
)
GIVE_BACK: Final = Prepared(
    update(deliveries)
    .where(deliveries.c.id == bindparam("its_id"), deliveries.c.attempts_made == bindparam("number"))
    .values(attempts_made=deliveries.c.attempts_made - _ONE, last_outcome=_OUTCOME_BEFORE, **_FREE),
    ("its_id", "number"),
)
END_LEASE: Final = Sparse(
    _end_lease, (*_STANDING[:-1], "its_id", "at_most", "due_at_ms"), seldom=["due_at_ms"]
)
IS_LEASED: Final = and_(UNDER_WAY, deliveries.c.leased_until_ms.is_not(None))
"""Who is leased is under way: these are no more than there are attempts under way anywhere."""
LEASES: Final = Prepared(select(deliveries.c.leased_by).where(IS_LEASED).distinct())
FREE_LEASES: Final = Prepared(
    update(deliveries).where(IS_LEASED, deliveries.c.leased_by == bindparam("worker")).values(_FREE),
    ("worker",),
)


def _chosen(query: Select[Any], parameters: Collection[str]) -> Select[Any]:
    """Narrow a query down by the columns whose names stand behind ``its_``."""
    return query.where(*(deliveries.c[name.removeprefix("its_")] == bindparam(name) for name in parameters))


@functools.cache
def due_first(*parameters: str) -> Prepared:
    """Return the question which delivery is due first; workers skip each other's on PostgreSQL."""
    now_ms: ColumnElement[int] = bindparam("now_ms")
    is_free = or_(deliveries.c.leased_until_ms.is_(None), deliveries.c.leased_until_ms <= now_ms)
    return Prepared(
        _chosen(select(*(deliveries.c[name] for name in (*NEW_DELIVERY, "attempts_made"))), parameters)
        .where(deliveries.c.due_at_ms <= now_ms, is_free)
        .order_by(deliveries.c.due_at_ms, deliveries.c.id)
        .limit(1)
        .with_for_update(skip_locked=True),
        (*parameters, "now_ms"),
    )


@functools.cache
def first_free(*parameters: str) -> Prepared:
    """Return the question when the first delivery is due that is not leased."""
    due = deliveries.c.due_at_ms
    waiting = select(due).where(due.is_not(None), deliveries.c.leased_until_ms.is_(None))
    return Prepared(_chosen(waiting, parameters).order_by(due).limit(1))


@functools.cache
def first_lease_end(*parameters: str) -> Prepared:
    """Return the question when the first lease ends."""
    return Prepared(_chosen(select(func.min(deliveries.c.leased_until_ms)).where(IS_LEASED), parameters))
