"""Events at a rate for a while, made by a thread each.

A stream ends with the app: what it accepted until then is delivered like everything else, but nobody is
surprised by events that start again with the next run.
"""

from __future__ import annotations

import itertools
import logging
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emitter.app.emission import story_events
from emitter.catalog.patterns import matching_all
from emitter.core.faults import FAULTS, body_with
from emitter.delivery.clock import monotonic_ms
from emitter.errors import ConflictError, EmitterError, InvalidSettingError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emitter.app.emitting import Emitting
    from emitter.app.event_forms import StreamForm
    from emitter.app.workshop import Workshop
    from emitter.core.events import Event

MAX_RUNNING: Final = 4
MAX_KEPT: Final = 50
"""Streams that have ended and can still be looked at."""
_BATCH: Final = 50
_TICK_S: Final = 0.02
_LOG = logging.getLogger(__name__)


class StreamState(StrEnum):
    """What becomes of a stream."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    """It could not go on, see `Stream.reason`."""


@dataclass(kw_only=True)
class Stream:
    """One stream.

    Attributes:
        id: Its number in this run of the app.
        form: What was asked for.
        seed: What its values follow from.
        started_at_ms: When it began, milliseconds since the epoch.
        state: What became of it.
        events: How many events it has made.
        deliveries: How many deliveries these led to.
        reason: Why it failed.
    """

    id: int
    form: StreamForm
    seed: str
    started_at_ms: int
    state: StreamState = StreamState.RUNNING
    events: int = 0
    deliveries: int = 0
    reason: str = ""
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    thread: threading.Thread | None = field(default=None, repr=False)


class Streams:
    """Starts, shows and stops streams. Thread-safe.

    Args:
        workshop: What it works with.
        emitting: Accepts what the streams make.
        changed: Called with a stream when it has begun and when it has ended.
    """

    def __init__(self, workshop: Workshop, *, emitting: Emitting, changed: Callable[[Stream], None]) -> None:
        self._catalog = workshop.catalog
        self._clock = workshop.clock
        self._emitting = emitting
        self._changed = changed
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._streams: dict[int, Stream] = {}
        self._is_closed = False

    def start(self, form: StreamForm) -> Stream:
        """Begin a stream.

        Raises:
            UnknownNameError: There is no such event, story or subscription.
            InvalidSettingError: A fault takes several events at once.
            ConflictError: Enough of them are running, or the subscription that is named is not active.
        """
        _refuse_faults_of_several(form)
        seed = self._emitting.seed(form.seed)
        rounds = self._rounds(form, seed)
        first = next(rounds)  # so that what cannot be made is said at once
        if form.subscription_id is not None:
            self._emitting.accept([], subscription_id=form.subscription_id)
        with self._lock:
            running = [each for each in self._streams.values() if each.state is StreamState.RUNNING]
            if len(running) >= MAX_RUNNING or self._is_closed:
                raise ConflictError(
                    f"{len(running)} streams run; stop one with POST /api/streams/{running[0].id}/stop"
                    if running
                    else "the app is ending"
                )
            stream = Stream(id=next(self._numbers), form=form, seed=seed, started_at_ms=self._clock.now_ms())
            self._streams[stream.id] = stream
            self._forget_oldest()
        events = itertools.chain(first, itertools.chain.from_iterable(rounds))
        stream.thread = threading.Thread(
            target=self._run, args=(stream, events), name=f"stream-{stream.id}", daemon=True
        )
        stream.thread.start()
        self._changed(stream)
        return stream

    def all(self) -> list[Stream]:
        """Return the streams of this run, newest first."""
        with self._lock:
            return [*self._streams.values()][::-1]

    def get(self, number: int) -> Stream:
        """Return a stream; raises UnknownNameError."""
        with self._lock:
            if number in self._streams:
                return self._streams[number]
        hint = "GET /api/streams lists those of this run of the app; a stream ends with it"
        raise UnknownNameError("stream", str(number), hint=hint)

    def stop(self, number: int) -> Stream:
        """End a stream, and return it once it has ended; raises UnknownNameError."""
        stream = self.get(number)
        stream.stop.set()
        if stream.thread:
            stream.thread.join()
        return stream

    def close(self) -> None:
        """End every stream, and begin no other."""
        with self._lock:
            self._is_closed = True
        for stream in self.all():
            self.stop(stream.id)

    def _run(self, stream: Stream, events: Iterator[Event]) -> None:
        try:
            self._send(stream, events)
            stream.state = StreamState.STOPPED if stream.stop.is_set() else StreamState.DONE
        except EmitterError as error:
            stream.reason, stream.state = str(error), StreamState.FAILED
        except Exception:  # noqa: BLE001 - a stream that died of a defect would run for ever
            _LOG.exception("a defect of the emitter ended stream %d", stream.id)
            stream.reason, stream.state = "the emitter made a mistake of its own", StreamState.FAILED
        self._changed(stream)

    def _send(self, stream: Stream, events: Iterator[Event]) -> None:
        """Accept events so that at any time as many are made as the rate says, and no more in a burst."""
        form = stream.form
        faults = [FAULTS[name] for name in form.faults]
        total = max(1, round(form.rate * form.duration_s))
        began_ms = monotonic_ms()
        while stream.events < total and not stream.stop.is_set():
            wanted = min(total, int((monotonic_ms() - began_ms) / 1000 * form.rate) + 1)
            batch = [*itertools.islice(events, min(_BATCH, wanted - stream.events))]
            if batch:
                bodies = [body_with(faults, event.name, event.envelope) for event in batch]
                accepted = self._emitting.accept(
                    bodies, faults=form.faults, subscription_id=form.subscription_id
                )
                stream.events += len(batch)
                stream.deliveries += len(accepted)
            next_ms = began_ms + stream.events / form.rate * 1000
            stream.stop.wait(max(_TICK_S if not batch else 0.0, (next_ms - monotonic_ms()) / 1000))

    def _rounds(self, form: StreamForm, seed: str) -> Iterator[list[Event]]:
        """Yield rounds of events for ever, each happening when it is asked for."""
        if form.story is None:
            return self._rounds_of_events(form, seed)
        story = form.story
        return (
            story_events(story, self._catalog, seed=seed, index=index, now_ms=self._clock.now_ms())
            for index in itertools.count()
        )

    def _rounds_of_events(self, form: StreamForm, seed: str) -> Iterator[list[Event]]:
        from emitter.faking.stories import told  # noqa: PLC0415 - most runs of the app stream nothing
        from emitter.faking.world import World  # noqa: PLC0415

        types = matching_all(self._catalog, form.events)
        for index in itertools.count():
            start_ms = self._clock.now_ms()
            world = World.numbered(index, seed=seed, story="round", start_ms=start_ms)
            yield told(world, types, range(start_ms, start_ms + len(types)))

    def _forget_oldest(self) -> None:
        over = [number for number, each in self._streams.items() if each.state is not StreamState.RUNNING]
        for number in over[: max(0, len(over) - MAX_KEPT)]:
            del self._streams[number]


def _refuse_faults_of_several(form: StreamForm) -> None:
    for name in form.faults:
        if FAULTS[name].least_events > 1:
            raise InvalidSettingError(
                f"the fault {name!r} takes several events at once, and a stream sends them one by one; "
                "ask for a count of events, or for a story"
            )
