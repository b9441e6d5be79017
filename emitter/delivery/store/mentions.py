"""Which deliveries mention a thing, by its id: what the events said that were sent.

Recording a delivery does nothing for it. The mentions of deliveries that are new are looked up when someone
asks, or beforehand in the background, and kept. What was accepted and not yet sent counts for nothing: what
an event announces is there once its first attempt has begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import (
    Boolean,
    Insert,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)

from emitter.core.mentions import mentions_of
from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.database import WRITE
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.tables import attempts, deliveries
from emitter.delivery.store.zoom_tables import IS_FIRST, mentions, mentions_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from emitter.delivery.store.database import Database

AT_ONCE: Final = 500
"""How many deliveries one transaction looks at: the lock is held some ten milliseconds."""
MOST_EVENTS: Final = 2000
"""How many events about one thing are looked at, the earliest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEvent:
    """An event that was sent.

    Attributes:
        delivery_id: The delivery it was sent by.
        about: The id of the thing that was asked for.
        event: Its name.
        body: Its exact body.
        created_at_ms: When it was accepted, milliseconds since the epoch.
    """

    delivery_id: int
    about: str
    event: str
    body: bytes
    created_at_ms: int


class Cause(NamedTuple):
    """A delivery that led to a call, and its subscription, by their numbers."""

    delivery_id: int
    subscription_id: int


def _first() -> Any:
    """Return whether no mention of this thing is there yet."""
    other = mentions.alias()
    there = exists(
        select(literal(1)).where(
            other.c.name == bindparam("name", required=True),
            other.c.value == bindparam("value", required=True),
        )
    )
    return case((there, literal(value=False, type_=Boolean())), else_=literal(value=True, type_=Boolean()))


def _add() -> Insert:
    names = ["delivery_id", "name", "value", "is_first"]
    row = select(
        *(bindparam(name, type_=mentions.c[name].type, required=True) for name in names[:3]), _first()
    )
    return insert(mentions).from_select(names, row)


_ADD: Final = Prepared(_add(), ("delivery_id", "name", "value"))
_KNOWN: Final = Prepared(select(func.max(mentions_known.c.up_to)))
_LATEST: Final = Prepared(select(func.max(deliveries.c.id)))
_NEW: Final = Prepared(
    select(deliveries.c.id, deliveries.c.event, deliveries.c.body)
    .where(deliveries.c.id > bindparam("up_to"))
    .order_by(deliveries.c.id)
    .limit(AT_ONCE)
)
_FORGET: Final = Prepared(delete(mentions_known))
_REMEMBER: Final = Prepared(insert(mentions_known).values(up_to=bindparam("up_to", required=True)))
_SENT: Final = deliveries.c.attempts_made > 0
_ATTEMPTS: Final = select(attempts.c.delivery_id, deliveries.c.subscription_id).select_from(
    attempts.join(deliveries)
)
_LIKELIEST: Final = (
    (attempts.c.outcome == OutcomeKind.UNKNOWN.value).desc(),
    attempts.c.id.desc(),
)
_LOOKED_AT: Final = 20
"""Among how many of the latest deliveries the one that led to a call is looked for."""


def catch_up(database: Database, *, most: int | None = None) -> bool:
    """Look up what the newest deliveries mention; return whether all are known now.

    Args:
        database: The record.
        most: How many transactions to make at most; None for as many as it takes.

    Raises:
        StoreError: The record could not be read or written.
    """
    made = 0
    while not is_caught_up(database):
        if most is not None and made >= most:
            return False
        _look_up_some(database)
        made += 1
    return True


def is_begun(database: Database) -> bool:
    """Return whether anyone has asked yet."""
    with database.transaction() as transaction:
        return _KNOWN.value(transaction) is not None


def is_caught_up(database: Database) -> bool:
    """Return whether no delivery is newer than what is known."""
    with database.transaction() as transaction:
        return int(_LATEST.value(transaction) or 0) <= int(_KNOWN.value(transaction) or 0)


def _look_up_some(database: Database) -> None:
    with database.transaction(WRITE) as transaction:
        up_to = int(_KNOWN.value(transaction) or 0)
        rows = _NEW.run(transaction, up_to=up_to).fetchall()
        found = [
            (number, *mention) for number, event, body in rows for mention in mentions_of(event, bytes(body))
        ]
        # One by one: whether a thing was mentioned before depends on the row before.
        for row in found:
            _ADD.run_row(transaction, row)
        _FORGET.run(transaction)
        _REMEMBER.run(transaction, up_to=rows[-1][0] if rows else up_to)


def events_about(database: Database, name: str, values: Sequence[str]) -> list[SentEvent]:
    """Return what was sent about things, oldest first; the same event of several deliveries each time.

    Args:
        database: The record.
        name: What kind of id, as ``conversation_id``.
        values: The ids.
    """
    query = (
        select(
            mentions.c.delivery_id,
            mentions.c.value.label("about"),
            deliveries.c.event,
            deliveries.c.body,
            deliveries.c.created_at_ms,
        )
        .select_from(mentions.join(deliveries))
        .where(mentions.c.name == name, mentions.c.value.in_(values), _SENT)
        .order_by(mentions.c.delivery_id)
        .limit(MOST_EVENTS)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [SentEvent(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def is_mentioned(database: Database, name: str, value: str) -> bool:
    """Return whether an event that was sent mentions a thing."""
    query = (
        select(literal(1))
        .select_from(mentions.join(deliveries))
        .where(mentions.c.name == name, mentions.c.value == value, _SENT)
        .limit(1)
    )
    with database.reading() as connection:
        return connection.execute(query).first() is not None


def cause_about(database: Database, name: str, value: str) -> Cause | None:
    """Return the delivery that led to a call about a thing: of those sent about it, the one that fits best.

    One whose attempt is under way fits better than any that has ended: a receiver asks before it answers.
    Of several the attempt that began last.
    """
    some = (
        select(mentions.c.delivery_id)
        .select_from(mentions.join(deliveries))
        .where(mentions.c.name == name, mentions.c.value == value, _SENT)
        .order_by(mentions.c.delivery_id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    found = _ATTEMPTS.where(attempts.c.delivery_id.in_(select(some.c.delivery_id)))
    with database.reading() as connection:
        row = connection.execute(found.order_by(*_LIKELIEST).limit(1)).one_or_none()
    return None if row is None else Cause(row.delivery_id, row.subscription_id)


def cause_since(database: Database, since_ms: int) -> Cause | None:
    """Return the delivery that led to a call about no thing in particular, as `cause_about`.

    Only an attempt counts that began at a time, in milliseconds since the epoch, or later.
    """
    some = select(attempts.c.id).order_by(attempts.c.id.desc()).limit(_LOOKED_AT).subquery()
    found = _ATTEMPTS.where(attempts.c.id.in_(select(some.c.id)), attempts.c.started_at_ms >= since_ms)
    with database.reading() as connection:
        row = connection.execute(found.order_by(*_LIKELIEST).limit(1)).one_or_none()
    return None if row is None else Cause(row.delivery_id, row.subscription_id)


def things(
    database: Database,
    name: str,
    *,
    limit: int,
    after: tuple[int, str] | None = None,
    beside: tuple[str, str] | None = None,
) -> list[tuple[int, str]]:
    """Return things, newest first, each with the delivery that mentioned it first.

    Args:
        database: The record.
        name: What kind of id.
        limit: At most so many.
        after: Only those that come after this one in the list: what was returned of it.
        beside: Only those mentioned together with another thing: the name of its id, and the id.
    """
    found = mentions if beside is None else mentions.alias("beside")
    query = _of_all(name) if beside is None else _of_some(name, found, *beside)
    query = query.order_by(found.c.delivery_id.desc(), mentions.c.value).limit(limit)
    if after is not None:
        number, value = after
        later = or_(found.c.delivery_id < number, mentions.c.value > value)
        query = query.where(found.c.delivery_id <= number, later)
    with database.reading() as connection:
        return [(int(number), str(value)) for number, value in connection.execute(query)]


def _of_all(name: str) -> Select[Any]:
    other = mentions.alias("other")
    sent = (
        select(literal(1))
        .select_from(other.join(deliveries, deliveries.c.id == other.c.delivery_id))
        .where(other.c.name == name, other.c.value == mentions.c.value, _SENT)
    )
    # In the words of the index: SQLite recognises a partial one by them.
    return select(mentions.c.delivery_id, mentions.c.value).where(
        mentions.c.name == name, IS_FIRST, exists(sent)
    )


def _of_some(name: str, found: Any, other_name: str, other_value: str) -> Select[Any]:
    # Concatenated, so that no index goes by the name alone: what is looked for first is the other thing.
    own = and_(mentions.c.delivery_id == found.c.delivery_id, mentions.c.name.concat("") == name)
    return (
        select(found.c.delivery_id, mentions.c.value)
        .select_from(found.join(mentions, own).join(deliveries, deliveries.c.id == found.c.delivery_id))
        .where(found.c.name == other_name, found.c.value == other_value, _SENT)
    )
