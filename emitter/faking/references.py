"""References inside one document: where a schema's ``$ref`` leads."""

from __future__ import annotations

from typing import Any, Final

from emitter.errors import InvalidSpecError
from emitter.faking.merging import Schema, as_schema, merged, without

_LONGEST_CHAIN: Final = 50


class References:
    """Looks references up in a document.

    Args:
        root: The document.
        subject: What messages call it.
    """

    def __init__(self, root: Schema, *, subject: str) -> None:
        self._root = root
        self._subject = subject

    def resolved(self, schema: Schema) -> Schema:
        """Return the schema with its reference, and those it leads to, replaced by what they point to.

        Raises:
            InvalidSpecError: A reference leads nowhere, out of the document, or to itself.
        """
        for _ in range(_LONGEST_CHAIN):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            schema = merged(self._at(reference), without(schema, "$ref"))
        raise InvalidSpecError(f"a reference of {self._subject} leads to itself: {reference!r}")

    def _at(self, reference: str) -> Schema:
        node: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            inside = (
                node if isinstance(node, dict) else dict(enumerate(node)) if isinstance(node, list) else {}
            )
            key = int(name) if isinstance(node, list) and name.isdecimal() else name
            if not reference.startswith("#") or key not in inside:
                raise InvalidSpecError(f"a reference of {self._subject} leads nowhere: {reference!r}")
            node = inside[key]
        return as_schema(node)
