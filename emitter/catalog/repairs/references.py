"""Where a ``$ref`` leads: found as written, or as Zoom's documents mean it. Nothing is ever fetched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from emitter.catalog.repairs.rule import Steps

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_LONGEST: Final = 2_000


class Found(NamedTuple):
    """What a reference leads to.

    Attributes:
        value: The value there; any JSON value.
        steps: Where it is in the document.
        message: What had to be understood to find it; empty where it is as written.
    """

    value: Any
    steps: Steps
    message: str


class References:
    """Finds what references of one schema of a document lead to.

    Args:
        document: The whole document.
        base: The way to the schema, where references are looked up that are not found from the top.
    """

    def __init__(self, document: Any, base: Steps) -> None:
        self._document = document
        self._base = base

    def find(self, reference: str) -> Found | None:
        """Return what the reference leads to, or None."""
        if not reference.startswith("#") or len(reference) > _LONGEST:
            return None
        path = reference[1:]
        if "%" in path:
            # Imported here, since few references are percent-encoded.
            from urllib.parse import unquote  # noqa: PLC0415

            path = unquote(path)
        written = tuple(step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:])
        if reference != "#" and not written:
            return None
        for meant, message in self._meant(written):
            steps = _followed(self._document, meant)
            if steps is not None:
                return Found(_at(self._document, steps), steps, message)
        return None

    def _meant(self, written: tuple[str, ...]) -> list[tuple[Steps, str]]:
        """Return the places that a reference may mean, the likeliest first, and how each is understood."""
        places: list[tuple[Steps, str]] = [(written, "")]
        if written[:1] in {("paths",), ("webhooks",)} and len(written) > 1:
            other = "webhooks" if written[0] == "paths" else "paths"
            name = written[1]
            for first, second in (
                (other, name),
                (other, name.lstrip("/")),
                (other, f"/{name}"),
                (written[0], name.lstrip("/")),
                (written[0], f"/{name}"),
            ):
                place = (first, second, *written[2:])
                places.append((place, f"the document has it under /{first}"))
        places.append(((*self._base, *written), "found inside the event's own schema"))
        if written[:2] == ("components", "schemas") or written[:1] in {("definitions",), ("$defs",)}:
            places += [
                ((*start, *where, written[-1]), "found among the other schemas")
                for start in ((), self._base)
                for where in (("components", "schemas"), ("definitions",), ("$defs",))
            ]
        return places


def _followed(document: Any, steps: Steps) -> Steps | None:
    """Return the steps as they are in the document, indices as numbers; None if they lead nowhere."""
    node, taken = document, []
    for step in steps:
        if isinstance(node, dict) and step in node:
            taken.append(step)
        elif isinstance(node, list) and _INDEX.fullmatch(str(step)) and int(step) < len(node):
            taken.append(int(step))
        else:
            return None
        node = node[taken[-1]]
    return tuple(taken)


def _at(document: Any, steps: Steps) -> Any:
    for step in steps:
        document = document[step]
    return document
