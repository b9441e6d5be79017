"""Which cases are run, in which order, and which are left out when time is short."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contracts.cases import AnyCase
    from contracts.check import Check
    from contracts.scope import Scope

GREETING_REQUESTS: Final = 3
"""How many requests the greeting takes at most, see `contracts.greeting`."""
_OVERHEAD_S: Final = 0.001
_SHARE_OF_BUDGET: Final = 0.9
"""How much of the time that is left a plan may take: latencies vary."""


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case and the check it belongs to."""

    check: Check
    case: AnyCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The cases of a run, in the order in which they run.

    Attributes:
        checks: The checks, in their order.
        cases: What is to be sent.
        left_out: What is not sent because it would take too long.
    """

    checks: tuple[Check, ...]
    cases: tuple[PlannedCase, ...]
    left_out: tuple[PlannedCase, ...] = ()

    @classmethod
    def of(cls, checks: Iterable[Check], scope: Scope) -> Plan:
        """Return all cases of the checks that belong to the scope's depth."""
        checks = tuple(checks)
        cases = (PlannedCase(check, case) for check in checks for case in check.cases(scope))
        return cls(
            checks=checks, cases=tuple(each for each in cases if each.case.depth.rank <= scope.depth.rank)
        )

    def requests(self) -> Mapping[str, int]:
        """Return how many requests each family would send at most, by its letter."""
        counts: Counter[str] = Counter()
        for planned in self.cases:
            counts[planned.check.letter] += planned.case.requests
        return counts

    def fitted(self, *, within_s: float, latency_s: float) -> Plan:
        """Return the plan with as many cases as the time allows, the dearest left out first.

        Every check keeps its first case before any gets its second: a slow receiver is judged by a few
        cases of everything rather than by all of a few.

        Args:
            within_s: The time that is left, in seconds.
            latency_s: How long the receiver takes for an answer, in seconds.
        """
        left_s = within_s * _SHARE_OF_BUDGET
        kept: set[int] = set()
        for index in sorted(range(len(self.cases)), key=self._priorities().__getitem__):
            cost_s = self.cases[index].case.lasts_s(latency_s + _OVERHEAD_S)
            if cost_s <= left_s:
                left_s -= cost_s
                kept.add(index)
        numbered = list(enumerate(self.cases))
        return replace(
            self,
            cases=tuple(planned for index, planned in numbered if index in kept),
            left_out=self.left_out + tuple(planned for index, planned in numbered if index not in kept),
        )

    def _priorities(self) -> list[tuple[int, int, int]]:
        seen: Counter[tuple[str, int]] = Counter()
        priorities = []
        for index, planned in enumerate(self.cases):
            key = (planned.check.code, planned.case.depth.rank)
            priorities.append((planned.case.depth.rank, seen[key], index))
            seen[key] += 1
        return priorities
