"""What was sent, what came back and what was missed: the data of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.bodies import Body
    from contracts.findings import Evidence, Severity
    from emitter.core.fault import Fault
    from emitter.core.request import SignedRequest
    from emitter.delivery.raw import Piece
    from emitter.delivery.transport import Exchange


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
    misses: tuple[Miss, ...] = ()
    elapsed_ms: float = 0.0
