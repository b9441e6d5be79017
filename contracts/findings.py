"""What a check found: how bad it is, what it rests on, and all a person needs to mend it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

EVERY_EVENT: Final = "*"
"""The event of a finding that is not about one event."""
_FINGERPRINT_CHARS: Final = 16


class Severity(StrEnum):
    """How bad it is, decided by one question: who can send this? See docs/decisions.md."""

    ERROR = "error"
    """Zoom sends it and the receiver loses it, or someone without the secret can do harm with it."""
    WARNING = "warning"
    """Only a holder of the secret can send it, or Zoom may one day, or nobody knows for sure."""
    INFO = "info"
    """Worth knowing."""

    @property
    def rank(self) -> int:
        """0 for the worst; findings are listed in this order."""
        return list(Severity).index(self)


class Evidence(StrEnum):
    """What a check rests on. A check without CONFIRMED or ATTACK cannot be an error."""

    CONFIRMED = "confirmed"
    """A fact about Zoom that docs/zoom.md marks CONFIRMED."""
    UNSURE = "unsure"
    """A fact that it marks UNSURE, or what Zoom may do one day."""
    ATTACK = "attack"
    """The harm itself was done, by someone who does not hold the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """How to see the finding again, now.

    Attributes:
        command: For a shell; signs anew. Holds no secret.
        snippet: A test for pytest that fails as long as the finding stands; may be empty.
    """

    command: str
    snippet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect of the receiver; equal causes are one finding with a count.

    Attributes:
        code: The check that found it.
        title: That check's title.
        severity: How bad it is.
        evidence: What that rests on.
        event: The event it is about, or `EVERY_EVENT`.
        cause: A label that stays the same from run to run and from version to version.
        message: One sentence: what was sent and what the receiver did.
        expected: What the receiver should have done.
        received: What it did.
        mend: How to mend it.
        reproduce: How to see it again; None where one request does not show it.
        count: How many cases showed it.
        fails_from: The release from which on it counts, where the check is new in this one; else empty.
    """

    code: str
    title: str
    severity: Severity
    evidence: Evidence
    event: str
    cause: str
    message: str
    expected: str
    received: str
    mend: str
    reproduce: Reproduction | None = None
    count: int = 1
    fails_from: str = ""

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits of code, event and cause; never of texts, times or seeds."""
        names = "\0".join((self.code, self.event, self.cause))
        return hashlib.sha256(names.encode()).hexdigest()[:_FINGERPRINT_CHARS]

    def value(self) -> dict[str, Any]:
        """Return the finding as JSON: the keys are documented in docs/formats.md and only ever added to."""
        return {
            "code": self.code,
            "title": self.title,
            "severity": self.severity,
            "evidence": self.evidence,
            "event": self.event,
            "cause": self.cause,
            "fingerprint": self.fingerprint,
            "message": self.message,
            "expected": self.expected,
            "received": self.received,
            "reproduce": self.reproduce
            and {"command": self.reproduce.command, "pytest": self.reproduce.snippet},
            "mend": self.mend,
            "count": self.count,
            "fails_from": self.fails_from or None,
        }
