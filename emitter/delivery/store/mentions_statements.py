"""The statements by which mentions are looked up, added and listed."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Insert,
    Integer,
    Select,
    Text,
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
    update,
)

from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.tables import BIG, attempts, deliveries, store_format
from emitter.delivery.store.zoom_tables import IS_FIRST, mentions, mentions_known

AT_ONCE: Final = 500
"""How many deliveries one transaction looks at: the lock is held some ten milliseconds."""
MOST_EVENTS: Final = 2000
"""How many events about one thing are looked at, the earliest."""


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


ADD: Final = Prepared(_add(), ("delivery_id", "name", "value"))
KNOWN: Final = Prepared(select(func.max(mentions_known.c.up_to)))
LATEST: Final = Prepared(select(func.max(deliveries.c.id)))
NEW: Final = Prepared(
    select(deliveries.c.id, deliveries.c.event, deliveries.c.body)
    .where(deliveries.c.id > bindparam("up_to"))
    .order_by(deliveries.c.id)
    .limit(AT_ONCE)
)
LOCK: Final = Prepared(update(store_format).values(version=store_format.c.version))
"""Holds the one row there is until the transaction ends, so that of two apps one looks up what is new."""
FORGET: Final = Prepared(delete(mentions_known))
REMEMBER: Final = Prepared(insert(mentions_known).values(up_to=bindparam("up_to", required=True)))
SENT: Final = deliveries.c.attempts_made > 0
_NAME, _VALUE = bindparam("its_name", type_=Text()), bindparam("its_value", type_=Text())
_MENTIONED: Final = (mentions.c.name == _NAME, mentions.c.value == _VALUE)
IN_DELIVERIES: Final = mentions.join(deliveries)
EVENT: Final = (
    mentions.c.delivery_id,
    mentions.c.value,
    deliveries.c.event,
    deliveries.c.body,
    deliveries.c.created_at_ms,
)
ABOUT: Final = Prepared(
    select(*EVENT)
    .select_from(IN_DELIVERIES)
    .where(*_MENTIONED, SENT)
    .order_by(mentions.c.delivery_id)
    .limit(MOST_EVENTS)
)
IS_MENTIONED: Final = Prepared(
    select(literal(1)).select_from(IN_DELIVERIES).where(*_MENTIONED, SENT).limit(1)
)
_LOOKED_AT: Final = 20
"""Among how many of the latest deliveries the one that led to a call is looked for."""
_ATTEMPTS: Final = select(attempts.c.delivery_id, deliveries.c.subscription_id).select_from(
    attempts.join(deliveries)
)
_LIKELIEST: Final = ((attempts.c.outcome == OutcomeKind.UNKNOWN.value).desc(), attempts.c.id.desc())
_LATEST_ABOUT: Final = (
    select(mentions.c.delivery_id)
    .select_from(IN_DELIVERIES)
    .where(*_MENTIONED, SENT)
    .order_by(mentions.c.delivery_id.desc())
    .limit(_LOOKED_AT)
    .subquery()
)
_LATEST_BEGUN: Final = select(attempts.c.id).order_by(attempts.c.id.desc()).limit(_LOOKED_AT).subquery()
CAUSE_ABOUT: Final = Prepared(
    _ATTEMPTS.where(attempts.c.delivery_id.in_(select(_LATEST_ABOUT.c.delivery_id)))
    .order_by(*_LIKELIEST)
    .limit(1)
)
CAUSE_SINCE: Final = Prepared(
    _ATTEMPTS.where(
        attempts.c.id.in_(select(_LATEST_BEGUN.c.id)), attempts.c.started_at_ms >= bindparam("since_ms")
    )
    .order_by(*_LIKELIEST)
    .limit(1)
)


def _all_things() -> Select[Any]:
    other = mentions.alias("other")
    sent = (
        select(literal(1))
        .select_from(other.join(deliveries, deliveries.c.id == other.c.delivery_id))
        .where(other.c.name == mentions.c.name, other.c.value == mentions.c.value, SENT)
    )
    # In the words of the index: SQLite recognises a partial one by them.
    return select(mentions.c.delivery_id, mentions.c.value).where(
        mentions.c.name == _NAME, IS_FIRST, exists(sent), *_after(mentions)
    )


def _things_beside() -> Select[Any]:
    """Return the query for things that are mentioned together with another one, by its own mentions."""
    pair, later, again = mentions.alias("pair"), mentions.alias("later"), mentions.alias("again")
    sent = deliveries.alias("sent_again")
    its_pair = (bindparam("pair_name", type_=Text()), bindparam("pair_value", type_=Text()))
    # Concatenated, so that no index goes by the name alone: what is looked for first is the other thing.
    own = and_(mentions.c.delivery_id == pair.c.delivery_id, mentions.c.name.concat("") == _NAME)
    comes_again = (
        select(literal(1))
        .select_from(
            later.join(again, again.c.delivery_id == later.c.delivery_id).join(
                sent, sent.c.id == later.c.delivery_id
            )
        )
        .where(
            later.c.name == _NAME,
            later.c.value == mentions.c.value,
            later.c.delivery_id > pair.c.delivery_id,
            again.c.name == its_pair[0],
            again.c.value == its_pair[1],
            sent.c.attempts_made > 0,
        )
    )
    return (
        select(pair.c.delivery_id, mentions.c.value)
        .select_from(pair.join(mentions, own).join(deliveries, deliveries.c.id == pair.c.delivery_id))
        .where(pair.c.name == its_pair[0], pair.c.value == its_pair[1], SENT, *_after(pair))
        .where(~exists(comes_again))
    )


def _after(table: Any) -> tuple[ColumnElement[bool], ...]:
    """Return what is met by what comes after a place in a list: a delivery and a thing."""
    number = bindparam("after_number", type_=BIG)
    later = or_(table.c.delivery_id < number, mentions.c.value > bindparam("after_value", type_=Text()))
    return table.c.delivery_id <= number, later


def _listed(query: Select[Any]) -> Prepared:
    place = query.selected_columns
    return Prepared(query.order_by(place[0].desc(), place[1]).limit(bindparam("most", type_=Integer())))


END: Final = 2**62
"""Beyond the last delivery."""
ALL: Final = _listed(_all_things())
SOME: Final = _listed(_things_beside())
