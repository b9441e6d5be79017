"""How far a run goes, and what its checks make their cases from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contracts.generation.keeping import KeptBodies
    from contracts.receiver import Receiver
    from emitter.catalog.events import Catalog, EventType
    from emitter.faking.pools import Pools


class Depth(StrEnum):
    """How thorough a run is; a case is run from its own depth on."""

    QUICK = "quick"
    DEFAULT = "default"
    DEEP = "deep"

    @property
    def rank(self) -> int:
        """0 for the quickest."""
        return list(Depth).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a check makes its cases from.

    Attributes:
        receiver: What is under test.
        catalog: All events of the document.
        events: Those the receiver subscribes to and the run is about, at least one.
        depth: How thorough the run is. Cases state their own depth; look here only to spare yourself work.
        seed: What the run's values follow from.
        is_response_strict: Whether answers to events must be what Zoom's document says.
        is_observed: Whether someone counts the receiver's effects.
        observing: The options of `check` that have them counted.
        loading: The options of commands that load the document, where it is not the bundled one.
        kept: Bodies that failed in earlier runs; None keeps none.
        pools: What events are made of, where it is not what comes with the package.
    """

    receiver: Receiver
    catalog: Catalog
    events: tuple[EventType, ...]
    depth: Depth = Depth.DEFAULT
    seed: str = "zoom"
    is_response_strict: bool = False
    is_observed: bool = False
    observing: tuple[str, ...] = ()
    loading: tuple[str, ...] = ()
    kept: KeptBodies | None = None
    pools: Pools | None = None

    @property
    def event(self) -> EventType:
        """The event for checks that need any one."""
        return self.events[0]

    def depth_of(self, event: EventType) -> Depth:
        """Return ``quick`` for the one event, ``default`` for the others: a usual choice of cases' depth."""
        return Depth.QUICK if event is self.event else Depth.DEFAULT
