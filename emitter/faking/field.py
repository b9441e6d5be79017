"""A property as the rules of realistic values see it."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

_HUMP: Final = re.compile(r"([a-z0-9])([A-Z])")


class Field(NamedTuple):
    """A property as the rules see it.

    Attributes:
        name: The property's name; of an array's item, the array's.
        path: Where it stands, as `emitter.catalog.paths` writes it.
        siblings: The names of the properties beside it, its own included.
        schema: Its schema.
        shown: What the document's example of the envelope shows here; None where it shows nothing.
    """

    name: str
    path: str
    siblings: frozenset[str]
    schema: dict[str, Any]
    shown: Any = None

    @property
    def description(self) -> str:
        """What the schema says of it in words."""
        return str(self.schema.get("description", ""))

    @property
    def example(self) -> Any:
        """What the document gives as an example of the value; None where it gives none."""
        return self.schema.get("example") if self.shown in (None, "") else self.shown

    @property
    def snake_name(self) -> str:
        """The name with words joined by underscores, as ``user_id`` for ``userId``."""
        return _HUMP.sub(r"\1_\2", self.name).lower()

    @property
    def container(self) -> str:
        """The path of the object it stands in; empty for the envelope."""
        return self.path.rpartition(".")[0]
