"""Realistic data from one seed. No clock, no network, no global random state.

`events_for`, `story_until` and `enveloped` are what a command needs. Importing this package imports next to
nothing; making events imports no Faker, whose values were drawn into ``pools.json`` beforehand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from emitter.catalog.events import Catalog
    from emitter.core.events import Event
    from emitter.faking.pools import Pools


def events_for(
    names: Sequence[str],
    *,
    catalog: Catalog,
    seed: str | int,
    count: int,
    now_ms: int,
    pools: Pools | None = None,
) -> Iterator[Event]:
    """Return the named events, `count` rounds of them; the events of a round are one story.

    The same arguments give the same bytes. In a round account, people, playlist and conversation agree,
    whichever events are named: ``playlist_create`` and ``playlist_add_moment`` tell of one playlist, and so
    they do when the seed and the time are given twice. A name that comes again goes on: another comment,
    another moment. Rounds share the account.

    Args:
        names: Full names or last parts, in the order in which the events are wanted.
        catalog: Where they are found.
        seed: Decides everything; a number and its decimal text are the same seed.
        count: How many rounds, at least 0.
        now_ms: The ``event_ts`` of the first event, milliseconds since the epoch; each other comes one later.
        pools: What names and texts are picked from, and what is known; the bundled ones where none are given.

    Raises:
        UnknownNameError: A name is not in the catalog; raised at once, before the first event is asked for.
    """
    # Imported here, so that whoever needs an id alone does not pay for it.
    from emitter.faking.stories import rounds  # noqa: PLC0415

    types = [catalog.find(name) for name in names]
    return rounds(types, seed=seed, count=count, now_ms=now_ms, pools=pools)


def story_until(
    last_ms: int,
    *,
    name: str,
    seed: str | int,
    index: int,
    catalog: Catalog,
    pools: Pools | None = None,
) -> list[Event]:
    """Return the events of a story whose last event is made at a given time.

    Args:
        last_ms: The ``event_ts`` of the last event, milliseconds since the epoch.
        name: The story's name; that of an event that is in no story of several is a story of its own.
        seed: Decides everything; a number and its decimal text are the same seed.
        index: Which of the stories of this name; they share the account.
        catalog: Holds the events.
        pools: What names and texts are picked from, and what is known; the bundled ones where none are given.

    Raises:
        UnknownNameError: There is no such story of events that the catalog has.
    """
    from emitter.faking.stories import find_story  # noqa: PLC0415 - as above

    story = find_story(name, catalog)
    from_last = story.events(seed, index, start_ms=last_ms, catalog=catalog, pools=pools)
    took_ms = from_last[-1].event_ts_ms - last_ms
    return story.events(seed, index, start_ms=last_ms - took_ms, catalog=catalog, pools=pools)


def enveloped(payload: object, *, name: str, catalog: Catalog, now_ms: int) -> dict[str, Any]:
    """Return a payload of one's own in the envelope of an event.

    The schema decides what stands beside it: ``event_ts`` is a number or, in a few events, its text.

    Args:
        payload: Put in as it is.
        name: The event's name, or its last part.
        catalog: Where it is found.
        now_ms: When it was made, milliseconds since the epoch.

    Raises:
        UnknownNameError: The name is not in the catalog.
    """
    made: Mapping[str, object] = next(
        events_for([name], catalog=catalog, seed="envelope", count=1, now_ms=now_ms)
    ).envelope
    return {**made, "payload": payload}
