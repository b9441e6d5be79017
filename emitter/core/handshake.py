"""URL validation: the challenge, the answer Zoom expects, and the verdict on the answer that came.

Source: docs/zoom.md#handshake. The challenge's body and the answer are CONFIRMED by a captured request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emitter.core.answer_shapes import ENCRYPTED, PLAIN, shown
from emitter.core.diagnosis import NO_SUSPECTS, Reply, Suspects, diagnose
from emitter.core.mistakes import WARNINGS, Mistake
from emitter.core.signing import hex_hmac
from emitter.core.wire import encode
from emitter.core.zoom import VALIDATION_EVENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.deliveries import Answer, Timing
    from emitter.core.outcome import Outcome
    from emitter.core.request import HeaderPairs
    from emitter.core.secrets import SecretToken

OK: Final = 200
NO_CONTENT: Final = 204
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class ChallengeKind(StrEnum):
    """How a challenge is signed. Zoom signs every one; the others see who else is answered."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    WRONGLY_SIGNED = "wrongly-signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether Zoom would take the answer.

    Attributes:
        is_valid: Whether it would.
        reason: One clause for people.
        mistakes: Why it would not, from the outside in; empty where it would.
        warnings: What it is not known to refuse, and what lets others in.
    """

    is_valid: bool
    reason: str
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """One challenge to one endpoint, as it is shown and recorded.

    Attributes:
        url: The endpoint.
        kind: How the challenge was signed.
        plain_token: Its token, 22 characters of base64url.
        started_at_ms: Real time, milliseconds since the epoch.
        timestamp_s: The signed timestamp.
        request_headers: As sent, credentials masked.
        body: The exact body sent.
        outcome: How the request ended.
        answer: What came back, or None.
        timing: How long it took.
        verdict: Whether Zoom would take it.
        probes: The challenges that were not signed as Zoom signs, sent after this one.
    """

    url: str
    kind: ChallengeKind = ChallengeKind.SIGNED
    plain_token: str
    started_at_ms: int
    timestamp_s: int
    request_headers: HeaderPairs
    body: bytes
    outcome: Outcome
    answer: Answer | None
    timing: Timing
    verdict: Verdict
    probes: tuple[Handshake, ...] = ()


def challenge_body(plain_token: str, event_ts_ms: int) -> bytes:
    """Return the exact body of a challenge, 110 bytes with a 22-character token. CONFIRMED."""
    payload = {PLAIN: plain_token}
    return encode({"payload": payload, "event_ts": event_ts_ms, "event": VALIDATION_EVENT})


def plain_token_of(body: bytes) -> str | None:
    """Return the token of a challenge's body, or None if it is not one."""
    try:
        plain_token = json.loads(body)["payload"][PLAIN]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return plain_token if isinstance(plain_token, str) else None


def expected_answer(secret_token: SecretToken, plain_token: str) -> dict[str, str]:
    """Return the JSON object Zoom expects: the token, and its HMAC-SHA256 as 64 lower-case hex digits."""
    return {PLAIN: plain_token, ENCRYPTED: hex_hmac(secret_token.key(), plain_token.encode())}


def judge(reply: Reply, *, secret_token: SecretToken, suspects: Suspects = NO_SUSPECTS) -> Verdict:
    """Decide as Zoom would: 200 in time, and a JSON object with the token and its hash.

    204 is documented as well but cannot carry the object, so it fails (UNSURE). Other successes, other
    content types and further keys pass with a warning (UNSURE); white space around the object does no
    harm (CONFIRMED).

    Args:
        reply: The challenge and what came of it.
        secret_token: The key.
        suspects: What a wrong answer is also tried against.
    """
    if is_accepted(reply, secret_token=secret_token):
        found = tuple(
            WARNINGS[id_].seen(seen) for id_, look in _TOLERATED if (seen := look(reply)) is not None
        )
        return Verdict(is_valid=True, reason="the answer is what Zoom expects", warnings=found)
    mistakes = diagnose(reply, secret_token=secret_token, suspects=suspects)
    return Verdict(is_valid=False, reason=mistakes[0].title, mistakes=mistakes)


def is_accepted(reply: Reply, *, secret_token: SecretToken) -> bool:
    """Return whether the reply is an answer that Zoom takes."""
    if not reply.outcome.is_accepted or reply.outcome.status == NO_CONTENT or not reply.is_json:
        return False
    value, expected = reply.value, expected_answer(secret_token, reply.plain_token)
    return isinstance(value, dict) and all(value.get(key) == text for key, text in expected.items())


def with_probes(handshake: Handshake, probes: tuple[Handshake, ...]) -> Handshake:
    """Return a valid handshake with its probes, and a warning for each that was answered like it."""
    warnings = {warning.id: warning for probe in probes for warning in _told_by(probe)}
    verdict = replace(handshake.verdict, warnings=(*handshake.verdict.warnings, *warnings.values()))
    return replace(handshake, verdict=verdict, probes=probes)


def _told_by(probe: Handshake) -> tuple[Mistake, ...]:
    ids = {mistake.id for mistake in probe.verdict.mistakes}
    if ids & {"another-request", "another-token"}:
        return (WARNINGS["remembered-answer"],)
    if not probe.verdict.is_valid:
        return ()
    is_unsigned = probe.kind is ChallengeKind.UNSIGNED
    return (WARNINGS["answered-unsigned" if is_unsigned else "answered-wrong-signature"],)


# What Zoom is not known to refuse. A function returns what it found, None if there is nothing to tell.


def _other_success(reply: Reply) -> str | None:
    return None if reply.outcome.status == OK else f"status {reply.outcome.status}"


def _content_type(reply: Reply) -> str | None:
    content_type = reply.header("content-type")
    media_type = content_type.partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or media_type.endswith("+json")
    return None if is_json else shown(content_type)


def _extra_keys(reply: Reply) -> str | None:
    extra = [key for key in reply.value if key not in {PLAIN, ENCRYPTED}]
    return ", ".join(map(shown, extra)) if extra else None


def _byte_order_mark(reply: Reply) -> str | None:
    return "" if reply.answer and reply.answer.body.startswith(_BYTE_ORDER_MARK) else None


_TOLERATED: Final[tuple[tuple[str, Callable[[Reply], str | None]], ...]] = (
    ("other-success", _other_success),
    ("content-type", _content_type),
    ("extra-keys", _extra_keys),
    ("byte-order-mark", _byte_order_mark),
)
