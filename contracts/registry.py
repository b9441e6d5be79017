"""Which checks there are: an object built from the families, so that a run can have others."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, Self

from contracts.checks import FAMILIES
from emitter.errors import EmitterError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.check import Check, Family, Phase

_CODE: Final = re.compile(r"[A-Z][0-9]{2}", re.ASCII)


class Registry:
    """Checks by code, in the order of their families.

    Args:
        families: In the order in which they run, as far as they are of one phase.

    Raises:
        EmitterError: A code is given twice, has not its family's letter, or names a check that is not there.
    """

    def __init__(self, families: Iterable[Family]) -> None:
        self.families = tuple(families)
        self._checks: dict[str, Check] = {}
        for family in self.families:
            for check in family.checks:
                if not _CODE.fullmatch(check.code) or check.letter != family.letter:
                    raise EmitterError(f"{check.code!r} is no code of the family {family.letter}")
                if check.code in self._checks:
                    raise EmitterError(f"the code {check.code} is given twice")
                self._checks[check.code] = check
        for check in self:
            for code in check.implied_by:
                self.find(code)

    @classmethod
    def bundled(cls) -> Self:
        """Return the checks of `contracts.checks`."""
        return cls(FAMILIES)

    def __iter__(self) -> Iterator[Check]:
        return iter(self._checks.values())

    def __len__(self) -> int:
        return len(self._checks)

    def find(self, code: str) -> Check:
        """Return the check of this code, written in any case.

        Raises:
            UnknownNameError: There is none; `suggestions` holds the nearest.
        """
        if check := self._checks.get(code.upper()):
            return check
        raise self._unknown(code, self._checks)

    def family(self, check: Check) -> Family:
        """Return the family of one of the checks."""
        return next(family for family in self.families if family.letter == check.letter)

    def select(self, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Check, ...]:
        """Return the checks that are wanted, in the order in which they run: by phase, then by family.

        Checks that end a run are always among them, unless ignored: without them the others mean nothing.

        Args:
            select: Codes, families' letters or names; all where there are none.
            ignore: Likewise, taken away.

        Raises:
            UnknownNameError: A name is no code and no family.
        """
        ignored = self._codes(ignore)
        wanted = self._codes(select) or set(self._checks)
        return tuple(
            check
            for check in sorted(self, key=self._phase)
            if (check.code in wanted or check.ends_run) and check.code not in ignored
        )

    def _phase(self, check: Check) -> Phase:
        return check.phase or self.family(check).phase

    def _codes(self, names: Iterable[str]) -> set[str]:
        codes: set[str] = set()
        for name in names:
            families = [each for each in self.families if name.lower() in {each.letter.lower(), each.name}]
            codes |= {check.code for family in families for check in family.checks}
            if not families:
                codes.add(self._known(name).code)
        return codes

    def _known(self, name: str) -> Check:
        if check := self._checks.get(name.upper()):
            return check
        raise self._unknown(name, [*self._checks, *(family.name for family in self.families)])

    def _unknown(self, given: str, names: Iterable[str]) -> UnknownNameError:
        spellings = {name.lower(): name for name in names}
        close = difflib.get_close_matches(given.lower(), spellings, n=1)
        suggestions = tuple(spellings[each] for each in close)
        return UnknownNameError("check", given, suggestions, "`zoom-emitter check --list` shows them")
