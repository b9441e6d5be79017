"""Names of variants: readable, unique, and fit for a file's name on any system."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emitter.faking.variants.plan import Plan

MAX_NAME_CHARS: Final = 100
_DIGEST_CHARS: Final = 8
_UNREADABLE: Final = re.compile(r"[^A-Za-z0-9_.]+")


def uniquely_named(plans: Iterable[Plan]) -> Iterator[Plan]:
    """Yield the plans, their names made of letters, digits, dots, underscores and single hyphens.

    No two are the same even where case does not count, and none is longer than `MAX_NAME_CHARS`.
    """
    taken: set[str] = set()
    for plan in plans:
        name = unique = _readable(plan.name)
        number = 1
        while unique.lower() in taken:
            number += 1
            unique = f"{name}-{number}"
        taken.add(unique.lower())
        yield replace(plan, name=unique)


def _readable(name: str) -> str:
    plain = _UNREADABLE.sub("-", name).strip("-.")
    if plain and len(plain) <= MAX_NAME_CHARS - _DIGEST_CHARS:
        return plain
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]
    # What tells long names apart is mostly at their end.
    return f"{digest}-{plain[-(MAX_NAME_CHARS - 2 * _DIGEST_CHARS) :].lstrip('-.')}".rstrip("-")
