"""The unit that is run. Most cases are data: one request and what is expected; some are procedures."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contracts.bodies import Body
    from contracts.expectations import Expectation
    from contracts.findings import Evidence, Severity
    from contracts.generation.keeping import KeptBodies
    from contracts.receiver import Receiver
    from contracts.session import Session
    from emitter.catalog.events import Catalog, EventType
    from emitter.core.fault import Fault
    from emitter.core.request import SignedRequest
    from emitter.delivery.raw import Piece
    from emitter.delivery.transport import Exchange
    from emitter.faking.pools import Pools


class Depth(StrEnum):
    """How thorough a run is; a case is run from its own depth on."""

    QUICK = "quick"
    DEFAULT = "default"
    DEEP = "deep"

    @property
    def rank(self) -> int:
        """0 for the quickest."""
        return list(Depth).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a request is made in the second in which it is sent, so that its signature is fresh.

    Attributes:
        body: What is sent.
        faults: Deviations, applied as ``emit --fault`` does. Those of `emitter.core.faults.FAULTS` can be
            reproduced by name, so a deviation that several cases need belongs there.
        pieces: Turns the signed request into raw bytes and waits, for what no HTTP client sends and no
            fault does.
    """

    body: Body
    faults: tuple[Fault, ...] = ()
    pieces: Callable[[SignedRequest], tuple[Piece, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request that was sent, and what came of it.

    Attributes:
        recipe: How it was made.
        event: The event its body states.
        seed: What ``emit EVENT --seed`` makes its values from; empty where it cannot.
        signed_body: The bytes that were signed; faults may have changed them afterwards.
        request: As it went out. Its headers may hold credentials: show `emitter.core.request.masked`.
        exchange: What came back.
        started_at_ms: Real time, milliseconds since the epoch.
        check: The code of the check that sent it; empty for the run's own requests.
        case: The name of the case.
    """

    recipe: Recipe
    event: str
    seed: str
    signed_body: bytes
    request: SignedRequest
    exchange: Exchange
    started_at_ms: int
    check: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """What was expected and did not happen.

    Attributes:
        kind: One word for what happened instead, see `contracts.expectations.Kind`; a procedure may have
            words of its own. It is part of the finding's cause, so it never changes.
        expected: What should have happened, in words.
        received: What did.
        sent: The request that shows it, if one does.
        message: One sentence that says more than the case's name; may be empty.
        guess: What seems to be behind it, as a clause; said where `contracts.differential` proves nothing.
        cause: What misses with one reason share, where that is more than the case knows; may be empty. Part
            of the fingerprint, so it never changes.
        mend: How to mend it, where that is known better than the check knows; may be empty.
        severity: Where it differs from the check's.
        evidence: Likewise.
        emits: What ``zoom-emitter emit`` takes to show it, where that is more than one request; the
            receiver is added.
        is_shown_by_one: Whether `sent`, sent again, shows it by itself although a procedure found it.
    """

    kind: str
    expected: str
    received: str
    sent: Sent | None = None
    message: str = ""
    guess: str = ""
    cause: str = ""
    mend: str = ""
    severity: Severity | None = None
    evidence: Evidence | None = None
    emits: tuple[str, ...] = ()
    is_shown_by_one: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request and what is expected of the answer.

    Attributes:
        name: What is special about it, as a clause: ``every digit of the signature wrong``.
        event: The event it is about, by its full name.
        recipe: How its request is made.
        expects: How the answer is judged.
        cause: What cases that fail for one reason share; the case's name where empty. Part of the
            fingerprint, so it never changes.
        depth: From which depth on it is run, and so how dear it is when time runs out.
        hurts: Whether the receiver may die of it; it is asked for a sign of life afterwards.
    """

    name: str
    event: str
    recipe: Recipe
    expects: Expectation
    cause: str = ""
    depth: Depth = Depth.QUICK
    hurts: bool = False

    @property
    def requests(self) -> int:
        """How many requests it sends, a sign of life included."""
        return 2 if self.hurts else 1

    def lasts_s(self, latency_s: float) -> float:
        """Return how long it takes a receiver that needs so many seconds for an answer."""
        return self.requests * latency_s

    def misses(self, session: Session) -> Iterable[Miss]:
        """Send the request and return what was missed."""
        sent = session.send(self.recipe)
        miss = self.expects.judge(sent, session.receiver)
        return () if miss is None else (miss,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Several requests that depend on each other. Attributes as for `Case`.

    Attributes:
        requests: How many requests it sends at most.
        misses: Sends them through the session and returns or yields what was missed.
        at_once: Says, by how many seconds the receiver needs for an answer, how long it takes where that
            is not one request after the other.
    """

    name: str
    event: str
    requests: int
    misses: Callable[[Session], Iterable[Miss]]
    cause: str = ""
    depth: Depth = Depth.QUICK
    hurts: bool = False
    at_once: Callable[[float], float] | None = None

    def lasts_s(self, latency_s: float) -> float:
        """Return how long it takes a receiver that needs so many seconds for an answer."""
        return self.at_once(latency_s) if self.at_once else self.requests * latency_s


AnyCase = Case | Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a check makes its cases from.

    Attributes:
        receiver: What is under test.
        catalog: All events of the document.
        events: Those the receiver subscribes to and the run is about, at least one.
        depth: How thorough the run is. Cases state their own depth; look here only to spare yourself work.
        seed: What the run's values follow from.
        is_response_strict: Whether answers to events must be what Zoom's document says.
        is_observed: Whether someone counts the receiver's effects.
        observing: The options of `check` that have them counted.
        loading: The options of commands that load the document, where it is not the bundled one.
        kept: Bodies that failed in earlier runs; None keeps none.
        pools: What events are made of, where it is not what comes with the package.
    """

    receiver: Receiver
    catalog: Catalog
    events: tuple[EventType, ...]
    depth: Depth = Depth.DEFAULT
    seed: str = "zoom"
    is_response_strict: bool = False
    is_observed: bool = False
    observing: tuple[str, ...] = ()
    loading: tuple[str, ...] = ()
    kept: KeptBodies | None = None
    pools: Pools | None = None

    @property
    def event(self) -> EventType:
        """The event for checks that need any one."""
        return self.events[0]

    def depth_of(self, event: EventType) -> Depth:
        """Return ``quick`` for the one event, ``default`` for the others: a usual choice of cases' depth."""
        return Depth.QUICK if event is self.event else Depth.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How one case ended.

    Attributes:
        code: The check.
        event: The event the case is about.
        name: The case.
        misses: What was missed; empty where all is well.
        elapsed_ms: How long it took.
    """

    code: str
    event: str
    name: str
    misses: tuple[Miss, ...] = field(default=())
    elapsed_ms: float = 0.0
