"""The bodies that cases send: plausible events, challenges, exact bytes; made when they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.core.faults import body_with
from emitter.core.handshake import challenge_body
from emitter.faking.draw import Wants, everything
from emitter.faking.ids import short_id
from emitter.faking.stories import told
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from emitter.catalog.events import Catalog
    from emitter.core.events import Event
    from emitter.core.fault import Fault

PLAIN: Final = re.compile(rb"[ !\"#$%()*,\-.0-9:;=?@A-Z\[\]^_`a-z{|}~]*")
"""What every serialiser writes alike: ASCII without the characters that some escape."""
_TRIES: Final = 200


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
    """

    def __init__(self, catalog: Catalog, *, seed: str, rng: Random) -> None:
        self.catalog = catalog
        self.seed = seed
        self.rng = rng
        self._plain_seeds: dict[tuple[str, int], str] = {}

    def event(self, name: str, *, seed: str, now_ms: int, wants: Wants = everything) -> Event:
        """Return an event as ``zoom-emitter emit NAME --seed SEED`` makes it, optional fields as wanted."""
        world = World(seed=seed, story="round", index=0, start_ms=now_ms)
        return told(world, [self.catalog.find(name)], [now_ms], wants=wants)[0]

    def plain_seed(self, name: str, number: int, *, now_ms: int) -> str:
        """Return a seed that gives an event which every serialiser writes alike.

        Checks that are not about spelling send such events, so that a receiver that fails on an emoji is
        blamed for that, and once.
        """
        if (name, number) not in self._plain_seeds:
            seeds = [f"{self.seed}.{number}.{part}" for part in range(_TRIES)]
            bodies = ((seed, self.event(name, seed=seed, now_ms=now_ms).body()) for seed in seeds)
            found = next((seed for seed, body in bodies if PLAIN.fullmatch(body)), seeds[0])
            self._plain_seeds[name, number] = found
        return self._plain_seeds[name, number]


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


Body = EventBody | ChallengeBody | ExactBody
