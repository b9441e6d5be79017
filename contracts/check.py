"""What a check is: a rule for receivers with its reason, how it is tried, and how to mend who breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contracts.cases import AnyCase
    from contracts.findings import Evidence, Severity
    from contracts.remedies import Remedy
    from contracts.scope import Scope
    from contracts.sent import Miss
    from contracts.session import Session


FIRST_RELEASE: Final = "0.1"


class Phase(IntEnum):
    """When in a run a check's cases are sent: what may spoil the run for others comes after them."""

    ACCEPTED = 1
    """What must be accepted."""
    REFUSED = 2
    """What may be refused: who sends such may be banned, and is then refused everything."""
    SURVIVED = 3
    """What the receiver may die of."""


def _no_cases(scope: Scope) -> Iterable[AnyCase]:  # noqa: ARG001 - the shape of `Check.cases`
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a receiver must do. Its code never changes its meaning and is never given twice.

    Attributes:
        code: The family's letter and two digits.
        title: The rule, as a sentence that is true of a correct receiver.
        severity: Of a miss that does not say otherwise. A hang or the receiver's death is always an error.
        evidence: What the severity rests on.
        sends: What it sends, for the page of checks.
        expects: What it expects.
        why: The fact about Zoom or the incident behind it.
        source: Where that is written: a section of docs/zoom.md, or a URL.
        mend: How to mend a receiver that fails.
        cases: Makes the cases; called for `--dry-run` too, so it sends nothing and is quick.
        inspects: Looks at what was sent and answered in the whole run; None for most. Sends nothing, but to
            explain what it found.
        is_per_event: Whether it matters which event fails. Where it does not, findings are about no event.
        merges_events: Whether what several events show is one finding: its cause is in none of them.
        implied_by: Codes of checks that, where they found the same kind of answer, say all that this one
            could: a receiver that takes any signature is told so once.
        phase: When its cases are sent, where that is not when its family's are.
        ends_run: Whether a finding makes the rest of the run pointless. Such checks inspect the greeting.
        since: The release it is new in. It can only warn until the next minor release, see `fails_from`.
    """

    code: str
    title: str
    severity: Severity
    evidence: Evidence
    sends: str
    expects: str
    why: str
    source: str
    mend: Remedy
    cases: Callable[[Scope], Iterable[AnyCase]] = _no_cases
    inspects: Callable[[Session], Iterable[Miss]] | None = None
    is_per_event: bool = False
    merges_events: bool = False
    implied_by: tuple[str, ...] = ()
    phase: Phase | None = None
    ends_run: bool = False
    since: str = "0.1"

    @property
    def letter(self) -> str:
        """The family's letter."""
        return self.code[0]

    def fails_from(self, version: str) -> str:
        """Return from which release on it can fail a build; empty where it can in this version already.

        A check that is new would otherwise break the builds of all who update. Those of the first release
        have been there from the start.
        """
        major, minor, *_ = map(int, self.since.split("."))
        is_new = version.split(".")[:2] == self.since.split(".")[:2] and self.since != FIRST_RELEASE
        return f"{major}.{minor + 1}" if is_new else ""


@dataclass(frozen=True, slots=True)
class Family:
    """Checks of one kind.

    Attributes:
        letter: What their codes begin with.
        name: One word.
        title: What it is about, in one line.
        checks: In the order in which they run, as far as they are of one phase.
        phase: When they run, where a check does not say otherwise.
    """

    letter: str
    name: str
    title: str
    checks: tuple[Check, ...] = field(repr=False)
    phase: Phase = Phase.ACCEPTED
