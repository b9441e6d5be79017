"""The bodies that cases send: plausible events, challenges, exact bytes; made when they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emitter.core.faults import body_with
from emitter.core.handshake import challenge_body
from emitter.faking.draw import Wants, everything
from emitter.faking.ids import short_id
from emitter.faking.pools import Name, Pools, bundled_pools
from emitter.faking.stories import told
from emitter.faking.variants import variant
from emitter.faking.variants.plan import Kind
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from emitter.catalog.events import Catalog
    from emitter.core.events import Event
    from emitter.core.fault import Fault
    from emitter.faking.variants import Variant

PLAIN: Final = re.compile(rb"[ !\"#$%()*,\-.0-9:;=?@A-Z\[\]^_`a-z{|}~]*")
"""What every serialiser writes alike: ASCII without the characters that some escape."""
_Item = TypeVar("_Item", bound=str | Name)
_TRIES: Final = 200
_VARIANT_TRIES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A body that is about to be signed.

    Attributes:
        event: The name the body states, or what it goes by.
        body: The exact bytes.
        seed: What `zoom-emitter emit EVENT --seed` makes the same values from; empty where it cannot.
    """

    event: str
    body: bytes
    seed: str = ""


class Workshop:
    """Makes bodies from one seed: the same run after run, but for times and tokens.

    Args:
        catalog: The events there are.
        seed: Decides every value.
        rng: Where tokens of challenges come from.
        pools: What names and texts are picked from, and what is known; the bundled ones where none are given.
    """

    def __init__(self, catalog: Catalog, *, seed: str, rng: Random, pools: Pools | None = None) -> None:
        self.catalog = catalog
        self.seed = seed
        self.rng = rng
        self.pools = pools or bundled_pools()
        self._plain_seeds: dict[tuple[str, int], str] = {}

    def event(self, name: str, *, seed: str, now_ms: int, wants: Wants = everything) -> Event:
        """Return an event as ``zoom-emitter emit NAME --seed SEED`` makes it, optional fields as wanted."""
        world = World.numbered(0, seed=seed, story="round", start_ms=now_ms, pools=self.pools)
        return told(world, [self.catalog.find(name)], [now_ms], wants=wants)[0]

    def plain_seed(self, name: str, number: int, *, now_ms: int) -> str:
        """Return a seed that gives an event which every serialiser writes alike.

        Checks that are not about spelling send such events, so that a receiver that fails on an emoji is
        blamed for that, and once.
        """
        if (name, number) not in self._plain_seeds:
            # Of its own for each event: none is an impossible sequel of another's story.
            short_name = name.rpartition(".")[2]
            seeds = [f"{self.seed}.{short_name}.{number}.{part}" for part in range(_TRIES)]
            bodies = ((seed, self.event(name, seed=seed, now_ms=now_ms).body()) for seed in seeds)
            found = next((seed for seed, body in bodies if PLAIN.fullmatch(body)), seeds[0])
            self._plain_seeds[name, number] = found
        return self._plain_seeds[name, number]

    def variant(self, event: str, name: str, *, now_ms: int) -> Variant:
        """Return one of an event's coverage set, if it can be one which every serialiser writes alike.

        Raises:
            LookupError: The set has none of this name.
        """
        first = self._variant(event, name, 0, now_ms)
        if first is None:
            raise LookupError(f"{event} has no variant {name!r}")
        if first.kind is Kind.TEXT:  # of which the text is the point
            return first
        tries = (self._variant(event, name, number, now_ms) for number in range(1, _VARIANT_TRIES))
        return next((each for each in (first, *tries) if each and PLAIN.fullmatch(each.event.body())), first)

    def _variant(self, event: str, name: str, number: int, now_ms: int) -> Variant | None:
        event_type, seed = self.catalog.find(event), f"{self.seed}.{number}"
        pools = _plain_pools()._replace(known=self.pools.known)
        return variant(event_type, name, seed=seed, now_ms=now_ms, pools=pools)


@cache
def _plain_pools() -> Pools:
    """Return those names and texts of the bundled pools that every serialiser writes alike."""
    real = bundled_pools()
    return real._replace(
        names=_plain(real.names),
        companies=_plain(real.companies),
        jobs=_plain(real.jobs),
        cities=_plain(real.cities),
        playlist_names=_plain(real.playlist_names),
        moment_names=_plain(real.moment_names),
        comments=_plain(real.comments),
        topics=_plain(real.topics),
    )


def _plain(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Return the items whose texts are plain; all where none is."""
    texts = {item: item if isinstance(item, str) else "".join(item) for item in items}
    return tuple(item for item in items if PLAIN.fullmatch(texts[item].encode())) or items


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBody:
    """A plausible event.

    Attributes:
        event: Its full name.
        number: Another number gives other values.
        wants: Which optional fields are there, see `emitter.faking.draw`.
        change: Changes the envelope before it is encoded.
        rewrite: Changes the bytes before they are signed.
        age_s: How long ago the event was made, in seconds: what a late retry looks like. The timestamp that
            is signed does not depend on it.
    """

    event: str
    number: int = 0
    wants: Wants = everything
    change: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    rewrite: Callable[[bytes], bytes] | None = None
    age_s: int = 0

    def make(self, workshop: Workshop, faults: Sequence[Fault], *, now_ms: int) -> Made:
        """Return the body as it is at this time, milliseconds since the epoch."""
        seed = workshop.plain_seed(self.event, self.number, now_ms=now_ms)
        made_ms = now_ms - self.age_s * 1000
        event = workshop.event(self.event, seed=seed, now_ms=made_ms, wants=self.wants)
        envelope = self.change(event.envelope) if self.change else event.envelope
        name, body = body_with(faults, event.name, envelope)
        if self.rewrite:
            body = self.rewrite(body)
        is_as_emitted = not (self.change or self.rewrite or self.age_s) and self.wants is everything
        return Made(event=name, body=body, seed=seed if is_as_emitted else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantBody:
    """One of the events that together show all that a schema allows, see `emitter.faking.variants`.

    Attributes:
        event: Its full name.
        name: The variant's.
    """

    event: str
    name: str

    def make(self, workshop: Workshop, faults: Sequence[Fault], *, now_ms: int) -> Made:
        """Return the body; the time in it may be some seconds old."""
        event = workshop.variant(self.event, self.name, now_ms=now_ms).event
        name, body = body_with(faults, event.name, event.envelope)
        return Made(event=name, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeBody:
    """A challenge (URL validation); without a token a fresh one each time it is sent."""

    plain_token: str | None = None

    def make(self, workshop: Workshop, faults: Sequence[Fault], *, now_ms: int) -> Made:  # noqa: ARG002 - one shape for all bodies
        """Return the body as it is at this time, milliseconds since the epoch."""
        token = short_id(workshop.rng) if self.plain_token is None else self.plain_token
        return Made(event="endpoint.url_validation", body=challenge_body(token, now_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactBody:
    """Bytes as they stand, whatever they are; `event` is what they go by."""

    body: bytes
    event: str = "raw"

    def make(self, workshop: Workshop, faults: Sequence[Fault], *, now_ms: int) -> Made:  # noqa: ARG002 - one shape for all bodies
        """Return the bytes."""
        return Made(event=self.event, body=self.body)


Body = EventBody | VariantBody | ChallengeBody | ExactBody
