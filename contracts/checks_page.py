"""Writes docs/checks.md from the registry: ``python -m contracts.checks_page > docs/checks.md``.

With ``--names`` what completes codes in a shell: ``… --names > contracts/check_names.json``.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from contracts.check import FIRST_RELEASE
from contracts.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.check import Check, Family

_INTRODUCTION: Final = """\
# The checks

What `zoom-emitter check` looks for. `zoom-emitter check --explain CODE` shows one of them.
This page is written by `python -m contracts.checks_page`.

- **error**: Zoom sends it and the receiver loses it, or someone without the secret can do harm with it.
- **warning**: only a holder of the secret can send it, Zoom may send it one day, or the fact is UNSURE.
- **info**: worth knowing.

A run sends first what must be accepted, then what may be refused, so that a receiver that bans an address is
not blamed for refusing good events, and what a receiver may die of at the end.

A hang, and the death of the receiver, is an error whoever sends the request. Any 2xx acknowledges, any
4xx refuses; what else an answer says does not matter.
"""


def page(registry: Registry) -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *(line for family in registry.families for line in _family(family))])


def names(registry: Registry) -> str:
    """Return codes and families with their titles, as JSON that is read without the checks."""
    value = {
        "codes": {check.code: check.title for check in registry},
        "families": {family.name: family.title for family in registry.families},
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.letter}: {family.name}"
    yield ""
    yield f"{family.title}."
    yield ""
    for check in family.checks:
        yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    yield f"### {check.code} {check.title}"
    yield ""
    yield f"*{check.severity}*, evidence: {check.evidence}."
    yield ""
    yield f"- sends: {_in_markdown(check.sends)}"
    yield f"- expects: {_in_markdown(check.expects)}"
    yield f"- why: {_in_markdown(check.why)} ({_link(check.source)})"
    yield f"- mend: {_in_markdown(check.mend.words)}"
    if check.since != FIRST_RELEASE:
        yield f"- new in {check.since}: it only warns until the next minor release"
    if check.implied_by:
        yield f"- silent where {' or '.join(check.implied_by)} found the same"
    yield ""


def _in_markdown(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("<", "&lt;")


def _link(source: str) -> str:
    path = source.removeprefix("docs/")
    return source if path == source else f"[{path}]({path})"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write((names if sys.argv[1:] == ["--names"] else page)(Registry.bundled()))
