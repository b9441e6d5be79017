"""The coverage set of an event type: few events that together show all that its schema allows.

`variants` makes them for any JSON Schema of a catalog: only what is required, every optional field, each one
alone and each one missing, every value of an enum, every branch, null where it is allowed, arrays empty and
long, times and numbers at their bounds, strings at their lengths, and the texts of
`emitter.faking.variants.texts`. NUL is in none.

``is_plausible`` tells two kinds apart:

- True: Zoom would send it. Ids have Zoom's shapes, times have 13 digits near the given time and never run
  ahead of the event, texts are what people write, addresses are reserved. A receiver that refuses one of
  these loses events: ``required-only``, ``all-fields``, ``only-…``, ``without-…``, enum values, branches,
  nulls, arrays (but for an event about nothing), whole seconds and last milliseconds, empty optional texts,
  lengths and numbers whose bounds the schema names, and every ``text-…`` but control characters and borders
  of planes.
- False: only the schema allows it. ``strings-empty`` (ids too), ``times-earliest`` and ``-latest`` (the years
  2001 and 2286), ``numbers-…`` without bounds, ``text-controls`` and ``text-plane-borders``, every
  ``text-…`` of an event in which people write nothing, an object that tells nothing, an empty
  ``payload.object``.
  A parser should read it; a receiver may refuse it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.core.events import Event
from emitter.faking.alternatives import STRUCTURAL, judge_of
from emitter.faking.variants import shapes, values
from emitter.faking.variants.names import uniquely_named
from emitter.faking.variants.places import places_of
from emitter.faking.variants.plan import Kind
from emitter.faking.variants.studio import Studio
from emitter.faking.variants.writing import marked_pools, writing_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emitter.catalog.events import EventType
    from emitter.faking.pools import Pools
    from emitter.faking.variants.places import Place, Steps
    from emitter.faking.variants.plan import Plan
    from emitter.faking.variants.writing import Writing

_MAX_CACHED: Final = 1024
_LOOKS: Final = 24
"""How many envelopes are looked at for places, where the schema lets them differ in shape."""
_REFERENCE_SEED: Final = "places"
_REFERENCE_MS: Final = 1_735_689_600_000


class Variant(NamedTuple):
    """One event of a coverage set.

    Attributes:
        name: Unique in the event type's set, the same for every seed, fit for a file's name.
        title: What it shows, in words.
        event: The event; it fits its schema.
        is_plausible: Whether Zoom would send it, see the module; if not, only the schema allows it.
        kind: What it is about.
    """

    name: str
    title: str
    event: Event
    is_plausible: bool = True
    kind: Kind = Kind.PRESENCE


def variants(
    event_type: EventType, *, seed: str | int, now_ms: int, pools: Pools | None = None
) -> Iterator[Variant]:
    """Yield the coverage set of an event type; the same arguments give the same bytes.

    Each variant is about a playlist, conversation or whatever of its own, so that none is an impossible
    sequel of another; all are of account 0 of the seed.

    Args:
        event_type: What is to be shown.
        seed: Decides ids, people and texts, not which variants there are.
        now_ms: The ``event_ts`` of every variant that does not show another, milliseconds since the epoch.
        pools: What names and texts are picked from; the bundled ones where none are given.

    Raises:
        InvalidSpecError: The schema cannot be used, or no value fits it.
    """
    studio = Studio(event_type, seed=seed, now_ms=now_ms, pools=pools)
    for plan in _plans(event_type):
        if shown := _shown(event_type, studio, plan, now_ms=now_ms):
            yield shown


def variant_names(event_type: EventType) -> tuple[str, ...]:
    """Return the names of an event type's coverage set without making it; of a few there may be no event.

    Raises:
        InvalidSpecError: The schema cannot be used, or no value fits it.
    """
    return tuple(plan.name for plan in _plans(event_type))


def variant(
    event_type: EventType, name: str, *, seed: str | int, now_ms: int, pools: Pools | None = None
) -> Variant | None:
    """Return the one of `variants` that has this name, without making the others; None where there is none.

    Raises:
        InvalidSpecError: The schema cannot be used, or no value fits it.
    """
    plan = next((plan for plan in _plans(event_type) if plan.name == name), None)
    if plan is None:
        return None
    studio = Studio(event_type, seed=seed, now_ms=now_ms, pools=pools)
    return _shown(event_type, studio, plan, now_ms=now_ms)


def _shown(event_type: EventType, studio: Studio, plan: Plan, *, now_ms: int) -> Variant | None:
    envelope = studio.shown(plan)
    if envelope is None:
        return None
    event_ts = envelope.get("event_ts")
    event = Event(event_type.name, event_ts if isinstance(event_ts, int) else now_ms, envelope)
    is_plausible = plan.is_plausible and not is_hollow(envelope)
    return Variant(plan.name, plan.title, event, is_plausible, plan.kind)


@lru_cache(maxsize=_MAX_CACHED)
def _plans(event_type: EventType) -> tuple[Plan, ...]:
    """Return the plans of an event type, from envelopes in which texts that people write are marked."""
    schema = event_type.schema
    studio = Studio(event_type, seed=_REFERENCE_SEED, now_ms=_REFERENCE_MS, pools=marked_pools())
    found: dict[Steps, Place] = {}
    together: frozenset[Steps] = frozenset()
    writing: dict[Steps, Writing] = {}
    for attempt in range(_LOOKS if _has_choice(schema) else 1):
        envelope = studio.reference(attempt)
        here = [*places_of(envelope, schema, subject=repr(event_type.name))]
        found |= {place.steps: place for place in here if place.is_there or place.steps not in found}
        together = max(together, frozenset(place.steps for place in here if place.is_there), key=len)
        writing |= writing_in(envelope, here)
    places = [*found.values()]
    plans = (
        *_of(Kind.PRESENCE, shapes.presences(places, together)),
        *_of(Kind.ENUM, shapes.enum_values(places)),
        *_of(Kind.FORM, shapes.forms(places, lambda form: judge_of(form, schema))),
        *_of(Kind.NULL, shapes.nulls(places)),
        *_of(Kind.ARRAY, shapes.arrays(places)),
        *_of(Kind.TIME, values.times(places)),
        *_of(Kind.NUMBER, values.numbers(places)),
        *_of(Kind.LENGTH, values.text_lengths(places)),
        *_of(Kind.EMPTY, values.empty_texts(places, writing)),
        *_of(Kind.TEXT, values.texts(places, writing)),
    )
    return tuple(uniquely_named(plans))


def _of(kind: Kind, plans: Iterable[Plan]) -> Iterator[Plan]:
    return (replace(plan, kind=kind) for plan in plans)


def _has_choice(schema: Any) -> bool:
    """Say whether envelopes of the schema may differ in more than values and numbers of items."""
    if isinstance(schema, dict):
        return not STRUCTURAL.isdisjoint(schema) or any(map(_has_choice, schema.values()))
    return isinstance(schema, list) and any(map(_has_choice, schema))


def is_hollow(value: Any) -> bool:
    """Return whether an object in the value tells nothing: it is empty, or holds nothing but what is."""
    if isinstance(value, dict):
        return all(each in ([], {}) for each in value.values()) or any(map(is_hollow, value.values()))
    return isinstance(value, list) and any(map(is_hollow, value))
