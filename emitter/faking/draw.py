"""What an envelope is made from: chance, the world, and what a story says must be in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emitter.faking.people import Account, Person
    from emitter.faking.pools import Pools
    from emitter.faking.streams import Stream

Known = Mapping[str, Any]
"""Values that are decided, by property name at any depth.

A mapping given for an object, and each mapping in a list given for an array, is what is known inside it, and
then nothing else is. `ABSENT` leaves an optional property out.
"""

Wants = Callable[[str], bool]
"""Says by its path (``payload.object[0].deal_id``) whether an optional property is wanted."""

ABSENT: Final = object()


def everything(path: str) -> bool:  # noqa: ARG001 - the shape of `Wants`
    """Want every optional property."""
    return True


def required_only(path: str) -> bool:  # noqa: ARG001
    """Want no optional property."""
    return False


@dataclass(slots=True, kw_only=True)
class Draw:
    """The making of one envelope; used for that one and thrown away.

    Attributes:
        stream: Where chance comes from.
        account: Whose event it is.
        pools: What names and texts are picked from.
        event: The event's name.
        event_ts_ms: When the event is made, milliseconds since the epoch.
        happened_ms: When what it tells of happened; not after `event_ts_ms`.
        known: Values that are decided, where they fit the schema.
        wants: Which optional properties are there.
        people: Who plays which role, such as ``operator``; others are picked and added as they are met.
        cast: Who is left to play a role.
        items: The items that are decided of the array being made next, or None.
        depth: How many objects and arrays are around the value being made.
        thinning: Whether optional properties are left out at random; set while a schema is hard to fit.
        made: How many values were made so far.
        drafts: How many values were made so far to be judged.
    """

    stream: Stream
    account: Account
    pools: Pools
    event: str
    event_ts_ms: int
    happened_ms: int
    known: Known = field(default_factory=dict)
    wants: Wants = everything
    people: dict[str, Person] = field(default_factory=dict)
    cast: list[Person] = field(default_factory=list)
    items: Sequence[Any] | None = None
    depth: int = 0
    thinning: bool = False
    made: int = 0
    drafts: int = 0

    def person(self, role: str) -> Person:
        """Return who plays the role: one of the account's people, while they last a new one for each role."""
        if role not in self.people:
            if not self.cast:
                self.cast = self.stream.some(self.account.people, len(self.account.people))
            self.people[role] = self.cast.pop()
        return self.people[role]


Make = Callable[[Draw], Any]
"""Makes one value of a schema."""
