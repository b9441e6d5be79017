"""How a request crosses the wire: by other methods, slowly, in chunks, in part. Half requests are alone."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Procedure
from contracts.check import Check, Phase
from contracts.expectations import ACKNOWLEDGED, Expectation, Kind, kind_of, missed, one_of
from contracts.findings import Evidence, Severity
from contracts.remedies import Remedy
from contracts.scope import Depth, Scope
from contracts.sending import judged
from contracts.sent import Miss, Recipe
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contracts.receiver import Receiver
    from contracts.sent import Sent
    from contracts.session import Session

_CHANGING: Final = ("method-put", "method-patch", "method-delete")
_ASKING: Final = ("method-get", "method-head", "method-options")


def _judge_method(sent: Sent, receiver: Receiver, *, is_changing: bool) -> Miss | None:
    kind = kind_of(sent.exchange)
    if sent.exchange.outcome.status == HTTPStatus.NOT_IMPLEMENTED:  # what HTTP has for unknown methods
        return None
    if kind in {Kind.REFUSED, Kind.REDIRECTED} or (kind is Kind.ACKNOWLEDGED and not is_changing):
        return None
    words = _REFUSED_METHOD.words if is_changing else _ANY_METHOD.words
    return missed(kind, words, sent, receiver)


_REFUSED_METHOD: Final = Expectation("a 4xx, 405 for example", partial(_judge_method, is_changing=True))
_ANY_METHOD: Final = Expectation("any answer but a 5xx", partial(_judge_method, is_changing=False))
_ANY_CHUNKED: Final = one_of(
    "any answer but a 5xx", Kind.ACKNOWLEDGED, Kind.REFUSED, Kind.REDIRECTED, Kind.DROPPED
)
_GONE: Final = Expectation("an answer to the event that follows", lambda _sent, _receiver: None)
"""For what is cut on purpose: there is nobody to answer to."""


def _sends(session: Session, recipe: Recipe, expects: Expectation) -> Iterator[Miss]:
    if session.sends_raw_bytes:
        _, miss = judged(session, recipe, expects)
        if miss:
            yield miss


def _by(
    *faults: tuple[str, Expectation], cause: str = "", depth: Depth = Depth.DEFAULT
) -> Callable[[Scope], Iterable[Procedure]]:
    """Return what makes one procedure of a fault that crosses the wire; the receiver must outlive it."""

    def cases(scope: Scope) -> Iterable[Procedure]:
        for name, expects in faults:
            recipe = Recipe(body=EventBody(event=scope.event.name), faults=(FAULTS[name],))
            yield Procedure(
                name=FAULTS[name].description,
                event=scope.event.name,
                requests=2,
                misses=partial(_sends, recipe=recipe, expects=expects),
                cause=cause or name,
                depth=depth,
                hurts=True,
            )

    return cases


CHECKS: Final = (
    Check(
        code="R06",
        title="Only POST is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event, rightly signed, by PUT, PATCH and DELETE; by GET, HEAD and OPTIONS, which may be "
        "acknowledged but must not fail",
        expects=_REFUSED_METHOD.words,
        why="Zoom sends POST. What else is taken for an event was hardly meant to be.",
        source="docs/zoom.md#headers",
        mend=Remedy("Register the handler for POST alone; frameworks answer 405 to the rest."),
        cases=_by(
            *((name, _REFUSED_METHOD) for name in _CHANGING), *((name, _ANY_METHOD) for name in _ASKING)
        ),
    ),
    Check(
        code="R07",
        title="A body that arrives in pieces is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event whose body comes in five pieces within half a second",
        expects=ACKNOWLEDGED.words,
        why="A network may cut any request anywhere; who reads once sees the first piece only.",
        source="docs/zoom.md#failures",
        mend=Remedy("Read the body until content-length bytes are there."),
        cases=_by(("slow-body", ACKNOWLEDGED)),
        implied_by=("A01",),
        phase=Phase.ACCEPTED,
    ),
    Check(
        code="R08",
        title="A body in chunks makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event with transfer-encoding chunked and no content-length",
        expects=_ANY_CHUNKED.words,
        why="Zoom sends a length, but a proxy may send chunks in its place; 411 or 401 is a right answer.",
        source="docs/zoom.md#headers",
        mend=Remedy("Let the framework read the body; where there is no length, answer 411."),
        cases=_by(("chunked", _ANY_CHUNKED)),
    ),
    Check(
        code="R09",
        title="Requests that are never finished do not stop the receiver",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="half a head and a second of silence; half a body; a whole request whose sender is gone before "
        "the answer; one at a time, each followed by an event",
        expects="an answer to the event that follows",
        why="That is what a lost connection and a time-out look like; anyone can cause them.",
        source="docs/zoom.md#internal-codes",
        mend=Remedy("Catch errors of reading and of writing an answer, and end that request alone."),
        cases=_by(*((name, _GONE) for name in ("half-request", "aborted-body", "hang-up"))),
    ),
)
