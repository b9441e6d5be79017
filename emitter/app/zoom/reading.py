"""What every read works with: the call, the record's events about things, and lists a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emitter.app.zoom.paging import MAX_PAGE, Page
from emitter.delivery.store.mentions import catch_up, events_about, is_mentioned, things

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emitter.app.zoom.catching_up import CatchingUp
    from emitter.catalog.rest import RestOperation
    from emitter.delivery.store import Store
    from emitter.delivery.store.mentions import SentEvent
    from emitter.delivery.store.zoom_tokens import Granted
    from emitter.faking.draw import Draw, Make

T = TypeVar("T")
MOST_SCANNED: Final = 1000
"""How many things a list looks at for one page; a filter that few fit gives short pages and a next token."""
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a call asks for.

    Attributes:
        operation: Which operation.
        path: The path, decoded once.
        values: What stands in the slots of its path.
        query: The parameters of its query.
        body: The JSON of its body, or None.
        granted: What its token stands for.
        now_ms: When it came, milliseconds since the epoch.
    """

    operation: RestOperation
    path: str
    values: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    granted: Granted
    now_ms: int

    def page(self, most: int = MAX_PAGE) -> Page:
        """Return the part of a list that is asked for; raises as `Page`."""
        return Page(self.path, self.query, now_ms=self.now_ms, most=most)


class Events:
    """What was sent about things. Thread-safe.

    Args:
        store: The record.
        catching_up: Does the same beforehand.
        answers_any_id: Whether ids no event mentions are answered, too.
    """

    def __init__(self, store: Store, *, catching_up: CatchingUp, answers_any_id: bool) -> None:
        self._store = store
        self._catching_up = catching_up
        self.answers_any_id = answers_any_id

    def expect(self) -> None:
        """Begin to look up what deliveries mention: who gets a token will ask."""
        self._catching_up.begin()

    def catch_up(self) -> None:
        """Look up what the newest deliveries mention."""
        self._catching_up.begin()
        catch_up(self._store)

    def about(self, name: str, ids: Sequence[str]) -> list[SentEvent]:
        """Return the events about things, oldest first."""
        return events_about(self._store, name, ids)

    def is_known(self, name: str, id_: str) -> bool:
        """Return whether a thing may be asked about."""
        return self.answers_any_id or is_mentioned(self._store, name, id_)

    def has_any(self, name: str) -> bool:
        """Return whether the events mention things of a kind at all."""
        return bool(things(self._store, name, limit=1))

    def listed(
        self,
        name: str,
        page: Page,
        made: Callable[[list[str]], Mapping[str, T]],
        *,
        beside: tuple[str, str] | None = None,
    ) -> tuple[list[T], Any]:
        """Return the items of a page, newest first, and the place of the next page, None for none.

        Args:
            name: What kind of things are listed.
            page: Which part of the list.
            made: Returns items by the ids of things; what is not wanted is left out.
            beside: Only things mentioned together with another one: the name of its id, and the id.
        """
        found: list[T] = []
        place = tuple(page.place) if page.place else None
        for scanned in range(0, MOST_SCANNED, _CHUNK):
            wanted = min(_CHUNK, page.size - len(found) + 1) if not scanned else _CHUNK
            batch = things(self._store, name, limit=wanted, after=place, beside=beside)
            items = made([value for _, value in batch])
            for number, value in batch:
                if value in items:
                    if len(found) == page.size:
                        return found, place
                    found.append(items[value])
                place = (number, value)
            if len(batch) < wanted:
                return found, None
        return found, place


def in_page(items: Sequence[T], page: Page) -> tuple[list[T], Any]:
    """Return the items of a page of a list that is at hand, and the place of the next page."""
    start = page.place if isinstance(page.place, int) else 0
    end = start + page.size
    return [*items[start:end]], end if end < len(items) else None


def filled(make: Make, draw: Draw, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known, and what is made up for the rest; what is known is not made up first."""
    draw.wants = lambda path: path not in values
    return agreed(make(draw), values)


def agreed(made: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was made up with what is known in its place; what is None is left out."""
    return {name: value for name, value in (made | dict(values)).items() if value is not None}
