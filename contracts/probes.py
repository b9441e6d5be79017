"""Events signed in the common wrong ways, to see which one a receiver takes for right."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody, ExactBody
from contracts.clock_drift import drift_s, drift_text
from contracts.sent import Recipe
from emitter.core.digests import key_choices
from emitter.core.fault import Fault, on_signature
from emitter.core.faults import FAULTS
from emitter.core.mistakes import Mistake
from emitter.core.rewritings import rewritings
from emitter.core.signing import sign
from emitter.core.subscription import LegacyTokenAuth
from emitter.core.ways import timestamps, ways
from emitter.core.zoom import SIGNATURE_VERSION, TIMESTAMP_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from contracts.receiver import Receiver
    from contracts.session import Session
    from emitter.core.request import SignedRequest
    from emitter.core.ways import Way

TELLING: Final = "Café 東京 \N{FIRE ENGINE} a/b <c> & 'd' + `e`"
"""A text that no two habits of writing JSON write alike."""
_AGE_S: Final = 7
"""So old are probes' events, or the time of the event and that of the request would be one."""
_LEAST_DRIFT_S: Final = 30.0
WRONG_CLOCK: Final = "clock"
"""The id of the mistake of a receiver that compares times with a clock that is wrong."""
_PREFIX: Final = f"{SIGNATURE_VERSION}="


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()


_FORMS: Final[tuple[tuple[Mistake, Callable[[str], str]], ...]] = (
    (
        Mistake(
            "bare-digits",
            "the header is compared with the digits alone, without v0=",
            "put v0= before the digits you compute, and compare the whole header",
        ),
        lambda digits: digits,
    ),
    (
        Mistake("upper-case-digits", "the digits are written in upper case", "turn them into lower case"),
        lambda digits: _PREFIX + digits.upper(),
    ),
    (
        Mistake(
            "base64-digits", "the digest is written in base64", "ask for hex: hexdigest(), digest('hex'), %x"
        ),
        lambda digits: _PREFIX + _base64(digits),
    ),
    (
        Mistake(
            "bare-base64",
            "the digest is written in base64, without v0=",
            "ask for hex, and put v0= before the digits",
        ),
        _base64,
    ),
    (
        Mistake(
            "other-prefix",
            "sha256= stands before the digits, as other senders write it",
            "put v0= before the digits you compute, and compare the whole header",
        ),
        lambda digits: f"sha256={digits}",
    ),
)
_THE_HEADERS_TEXT: Final = "sign the text of x-zm-request-timestamp exactly as it came, whole seconds"
_FOR_RECEIVERS: Final = {
    "millisecond-timestamp": _THE_HEADERS_TEXT,
    "event-timestamp": _THE_HEADERS_TEXT,
}
_MILLISECONDS: Final = Mistake(
    "reads-milliseconds",
    "the timestamp is read as milliseconds, so that Zoom's seconds look 56 years old",
    "multiply the header by 1000, or divide the clock by 1000, before the two are compared",
)


@dataclass(frozen=True, slots=True)
class Probe:
    """A request that only a receiver with one mistake accepts."""

    mistake: Mistake
    recipe: Recipe


def computing(session: Session, event: str) -> Iterator[Probe]:
    """Yield events whose signature or time is made in another way than Zoom's, the likelier first."""
    receiver, body = session.receiver, EventBody(event=event, age_s=_AGE_S)
    for mistake, form in _FORMS[:1]:
        yield _signed(mistake, body, partial(_formed, form))
    yield Probe(_MILLISECONDS, Recipe(body=body, faults=(FAULTS["millisecond-timestamp"],)))
    yield from _at_the_receivers_time(session, body)
    for number, way in enumerate(_ways(receiver, "1720705455", b'"event_ts":1720705455858')):
        if number:
            yield _signed(_for_receivers(way.mistakes[0]), body, partial(_in_way, receiver, number))
    for mistake, form in _FORMS[1:]:
        yield _signed(mistake, body, partial(_formed, form))


def rewriting(receiver: Receiver, body: ExactBody, *, habit: Mistake | None = None) -> list[Probe]:
    """Return probes that send a body under the signature of what common code makes of it.

    Args:
        receiver: Holds the key.
        body: What is sent.
        habit: Only what this one makes of it, where it is known.
    """
    probes: dict[bytes, Probe] = {}
    for choice in rewritings(body.body):
        if choice.value not in probes and habit in {None, choice.mistakes[0]}:
            signed = partial(_over, receiver, choice.value)
            probes[choice.value] = _signed(choice.mistakes[0], body, signed)
    return [*probes.values()]


def telling_body(session: Session, event: str) -> ExactBody:
    """Return the body of an event with words in which the habits of serialisers differ, if one has words.

    Args:
        session: The run's.
        event: Sent as it is where no event has words.
    """
    workshop, now_ms = session.workshop, session.clock.now_ms()
    subscription = session.receiver.subscription
    for name in (event, *(each.name for each in workshop.catalog if subscription.wants(each.name))):
        made = EventBody(event=name, change=_with_telling_text).make(workshop, (), now_ms=now_ms)
        if "東京".encode() in made.body:
            return ExactBody(body=made.body, event=name)
    made = EventBody(event=event).make(workshop, (), now_ms=now_ms)
    return ExactBody(body=made.body, event=event)


def _with_telling_text(envelope: Mapping[str, Any]) -> dict[str, Any]:
    payload = envelope["payload"]
    inner = payload.get("object")
    if not isinstance(inner, dict):
        return dict(envelope)
    words = [key for key in inner if key.endswith(("_name", "text", "topic"))]
    changed = {**inner, **dict.fromkeys(words, TELLING)}
    return {**envelope, "payload": {**payload, "object": changed}}


def _for_receivers(mistake: Mistake) -> Mistake:
    """Return a mistake in the words of one who verifies: the same are used for challenges and for signers."""
    found = mistake.found.replace(" the token", " the text")
    return replace(mistake, found=found, remedy=_FOR_RECEIVERS.get(mistake.id, mistake.remedy))


def _ways(receiver: Receiver, timestamp: str, body: bytes) -> list[Way]:
    """Return all ways with one mistake; always as many, in one order."""
    auth = receiver.subscription.auth
    retired = auth.verification_token if isinstance(auth, LegacyTokenAuth) else None
    return ways(key_choices(receiver.secret_token, retired), timestamps(timestamp, body), max_deviations=1)


def _at_the_receivers_time(session: Session, body: EventBody) -> Iterator[Probe]:
    """Yield a probe that is signed with the time the receiver's answers show, where it is another."""
    ahead_s = drift_s(session.traffic) or 0.0
    if abs(ahead_s) >= _LEAST_DRIFT_S:
        mistake = Mistake(
            WRONG_CLOCK,
            f"its clock is {drift_text(ahead_s)}",
            "set the receiver's clock, and keep it set by NTP",
        )
        moved = Fault(
            name="receivers-time",
            description="signed with the receiver's time",
            timestamp=lambda timestamp_s: str(timestamp_s + round(ahead_s)),
        )
        yield Probe(mistake, Recipe(body=body, faults=(moved,)))


def _signed(
    mistake: Mistake, body: EventBody | ExactBody, signature: Callable[[SignedRequest], str]
) -> Probe:
    fault = Fault(
        name="probe",
        description="signed in another way",
        request=lambda request: on_signature(lambda _: signature(request))(request),
    )
    return Probe(mistake, Recipe(body=body, faults=(fault,)))


def _in_way(receiver: Receiver, number: int, request: SignedRequest) -> str:
    timestamp = request.header(TIMESTAMP_HEADER) or ""
    way = _ways(receiver, timestamp, request.body)[number]
    return _PREFIX + way.digest(request.body).hex()


def _formed(form: Callable[[str], str], request: SignedRequest) -> str:
    right = request.header("x-zm-signature") or ""
    return form(right.removeprefix(_PREFIX))


def _over(receiver: Receiver, body: bytes, request: SignedRequest) -> str:
    return sign(receiver.secret_token, timestamp_s=request.header(TIMESTAMP_HEADER) or "", body=body)
