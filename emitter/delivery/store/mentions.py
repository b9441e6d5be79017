"""Which deliveries mention a thing, by its id: what the events said that were sent.

Recording a delivery does nothing for it. The mentions of deliveries that are new are looked up when someone
asks, or beforehand in the background, and kept. What was accepted and not yet sent counts for nothing: what
an event announces is there once its first attempt has begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from emitter.core.mentions import beside as together
from emitter.core.mentions import mentions_of
from emitter.delivery.store.database import WRITE
from emitter.delivery.store.mentions_statements import (
    ABOUT,
    ADD,
    ALL,
    CAUSE_ABOUT,
    CAUSE_SINCE,
    END,
    EVENT,
    FORGET,
    IN_DELIVERIES,
    IS_MENTIONED,
    KNOWN,
    LATEST,
    LOCK,
    MOST_EVENTS,
    NEW,
    REMEMBER,
    SENT,
    SOME,
)
from emitter.delivery.store.zoom_tables import mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.delivery.store.database import Database


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
        return KNOWN.value(transaction) is not None


def is_caught_up(database: Database) -> bool:
    """Return whether no delivery is newer than what is known."""
    with database.transaction() as transaction:
        return int(LATEST.value(transaction) or 0) <= int(KNOWN.value(transaction) or 0)


def _look_up_some(database: Database) -> None:
    with database.transaction(WRITE) as transaction:
        LOCK.run(transaction)
        up_to = int(KNOWN.value(transaction) or 0)
        rows = NEW.run(transaction, up_to=up_to).fetchall()
        found = [
            (number, *mention) for number, event, body in rows for mention in mentions_of(event, bytes(body))
        ]
        # One by one: whether a thing was mentioned before depends on the row before.
        for row in found:
            ADD.run_row(transaction, row)
        FORGET.run(transaction)
        REMEMBER.run(transaction, up_to=rows[-1][0] if rows else up_to)


def events_about(database: Database, name: str, values: Sequence[str]) -> list[SentEvent]:
    """Return what was sent about things, oldest first; the same event of several deliveries each time.

    Args:
        database: The record.
        name: What kind of id, as ``conversation_id``.
        values: The ids.
    """
    if len(values) == 1:
        with database.transaction() as transaction:
            rows = ABOUT.run(transaction, its_name=name, its_value=values[0]).fetchall()
    else:
        query = select(*EVENT).select_from(IN_DELIVERIES)
        query = query.where(mentions.c.name == name, mentions.c.value.in_(values), SENT)
        with database.reading() as connection:
            found = connection.execute(query.order_by(mentions.c.delivery_id).limit(MOST_EVENTS))
            rows = [tuple(row) for row in found]
    return [
        SentEvent(delivery_id=number, about=value, event=event, body=bytes(body), created_at_ms=at_ms)
        for number, value, event, body, at_ms in rows
    ]


def is_mentioned(database: Database, name: str, value: str) -> bool:
    """Return whether an event that was sent mentions a thing."""
    with database.transaction() as transaction:
        return IS_MENTIONED.value(transaction, its_name=name, its_value=value) is not None


def cause_about(database: Database, name: str, value: str) -> Cause | None:
    """Return the delivery that led to a call about a thing: of those sent about it, the one that fits best.

    One whose attempt is under way fits better than any that has ended: a receiver asks before it answers.
    Of several the attempt that began last.
    """
    with database.transaction() as transaction:
        row = CAUSE_ABOUT.run(transaction, its_name=name, its_value=value).fetchone()
    return row and Cause(*row)


def cause_since(database: Database, since_ms: int) -> Cause | None:
    """Return the delivery that led to a call about no thing in particular, as `cause_about`.

    Only an attempt counts that began at a time, in milliseconds since the epoch, or later.
    """
    with database.transaction() as transaction:
        row = CAUSE_SINCE.run(transaction, since_ms=since_ms).fetchone()
    return row and Cause(*row)


def things(
    database: Database,
    name: str,
    *,
    limit: int,
    after: tuple[int, str] | None = None,
    beside: tuple[str, str] | None = None,
) -> list[tuple[int, str]]:
    """Return things, each once, newest first, with the delivery by which they stand where they do.

    That is the first that mentions a thing, or, of those that mention another one beside it, the last.

    Args:
        database: The record.
        name: What kind of id.
        limit: At most so many.
        after: Only those that come after this one in the list: what was returned of it.
        beside: Only things mentioned together with another one: the name of its id, and the id.
    """
    number, value = after or (END, "")
    place = {"its_name": name, "after_number": number, "after_value": value, "most": limit}
    with database.transaction() as transaction:
        if beside is None:
            rows = ALL.run(transaction, **place).fetchall()
        else:
            pair = {"pair_name": together(name, beside[0]), "pair_value": beside[1]}
            rows = SOME.run(transaction, **place, **pair).fetchall()
    return [(int(found), str(thing)) for found, thing in rows]
