"""How an attempt ended, and whether Zoom would try again.

Source: docs/zoom.md#retries and #internal-codes. Zoom's documents print the internal codes as negative
numbers where they list what is retried and as positive ones in the webhook log; they are negative here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class FailureCode(IntEnum):
    """Zoom's internal codes for attempts that got no HTTP answer, as far as a sender can meet them."""

    READ_TIMEOUT = -1
    CONNECTION_REFUSED = -2
    REMOTE_ERROR = -7
    CERTIFICATE_ERROR = -9
    HOST_NAME_MISMATCH = -11
    TLS_ERROR = -12
    DNS_FAILURE = -13
    NO_ACCESS_TOKEN = -14
    FORBIDDEN_ADDRESS = -6


class OutcomeKind(StrEnum):
    """One word for each way an attempt can end."""

    ACCEPTED = "accepted"
    """An answer from 200 to 299 in time."""
    REDIRECTED = "redirected"
    """3xx; never followed, never retried (CONFIRMED)."""
    REFUSED = "refused"
    """4xx, 429 included; never retried (CONFIRMED)."""
    FAILED = "failed"
    """500 and above; retried (CONFIRMED)."""
    TIMED_OUT = "timed-out"
    """No complete answer within the deadline; code -1, retried (CONFIRMED)."""
    NOT_CONNECTED = "not-connected"
    """Nothing listens there, or the way to it is closed; code -2, retried (CONFIRMED)."""
    UNRESOLVED = "unresolved"
    """The name has no address; code -13, retried (CONFIRMED for a DNS time-out)."""
    BROKEN = "broken"
    """Reset, cut, or not HTTP; code -7, retried (UNSURE which code Zoom gives)."""
    UNTRUSTED = "untrusted"
    """The TLS handshake or the certificate failed; codes -9, -11, -12, not retried (UNSURE)."""
    NO_TOKEN = "no-token"  # noqa: S105 - the name of an outcome
    """The OAuth access token could not be had; code -14, retried (CONFIRMED)."""
    FORBIDDEN = "forbidden"
    """The name led to an address the emitter does not send to; code -6, not retried (UNSURE)."""
    UNKNOWN = "unknown"
    """The sender died between the first byte and the outcome; the attempt is made again."""


_RETRIED: Final = frozenset(
    {
        OutcomeKind.FAILED,
        OutcomeKind.TIMED_OUT,
        OutcomeKind.NOT_CONNECTED,
        OutcomeKind.UNRESOLVED,
        OutcomeKind.BROKEN,
        OutcomeKind.NO_TOKEN,
    }
)


_OF_HUNDREDS: Final = {
    2: OutcomeKind.ACCEPTED,
    3: OutcomeKind.REDIRECTED,
    4: OutcomeKind.REFUSED,
    5: OutcomeKind.FAILED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt.

    Attributes:
        kind: The one word.
        status: The HTTP status of the answer, or None where none came whole and in time.
        code: Zoom's internal code, or None where an answer came.
        detail: One plain sentence for people, such as ``connection refused``; may be empty.
    """

    kind: OutcomeKind
    status: int | None = None
    code: FailureCode | None = None
    detail: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether Zoom would count the event as delivered."""
        return self.kind is OutcomeKind.ACCEPTED

    @property
    def is_retried(self) -> bool:
        """Whether Zoom tries again after this outcome, as long as retries are left."""
        return self.kind in _RETRIED

    @property
    def is_answer(self) -> bool:
        """Whether the receiver was there: it answered, or took longer than the deadline."""
        return self.status is not None or self.kind is OutcomeKind.TIMED_OUT


def of_status(status: int) -> Outcome:
    """Return the outcome of an HTTP status that came whole and in time.

    200 to 299 are accepted: CONFIRMED for 200 and 204, UNSURE for other 2xx on a first attempt.
    Below 200 and above 599 nothing is documented; they count as broken answers.
    """
    kind = _OF_HUNDREDS.get(status // 100)
    if kind is None:
        return Outcome(
            OutcomeKind.BROKEN, status, FailureCode.REMOTE_ERROR, f"{status} is no final HTTP status"
        )
    return Outcome(kind, status)
