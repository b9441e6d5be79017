"""Who is there: accounts with their people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking import ids
from emitter.faking.pools import EMAIL_DOMAINS, Pools, bundled_pools
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from emitter.faking.known import KnownUser

_FEWEST_PEOPLE: Final = 5
_MOST_PEOPLE: Final = 16


class Person(NamedTuple):
    """A user of the account.

    Attributes:
        id: Zoom user id, 22 characters of base64url.
        name: Full name, in the order and script its bearer writes it.
        given: Given name.
        family: Family name.
        email: Address that goes with the name, under one of `EMAIL_DOMAINS`.
    """

    id: str
    name: str
    given: str
    family: str
    email: str


class Account(NamedTuple):
    """An account of Zoom.

    Attributes:
        id: Zoom account id, 22 characters of base64url.
        people: Its users, no two with the same address; at least one.
    """

    id: str
    people: tuple[Person, ...]

    @classmethod
    def numbered(
        cls, number: int, *, seed: str | int, pools: Pools | None = None, size: int | None = None
    ) -> Account:
        """Return account `number` of the seed, its people under one e-mail domain.

        Those that the pools know are taken in its place, in turn.

        Args:
            number: Which account.
            seed: Decides everything.
            pools: Where the names come from; the bundled ones where none are given.
            size: How many people; between 5 and 16 where it is not given, at most as many as there are names.
        """
        pools = pools or bundled_pools()
        stream = Stream(seed, "account", number)
        domain = stream.pick(EMAIL_DOMAINS)
        account_id = ids.short_id(stream)
        known = pools.known
        if known.account_ids:
            account_id = known.account_ids[number % len(known.account_ids)]
        if known.users:
            return cls(account_id, tuple(map(_person, known.users)))
        usual = stream.between(_FEWEST_PEOPLE, _MOST_PEOPLE)
        size = usual if size is None else size
        names = stream.some(pools.names, size)
        people = (
            Person(ids.short_id(stream), name.full, name.given, name.family, f"{name.local_part}@{domain}")
            for name in names
        )
        return cls(account_id, tuple(people))


def _person(user: KnownUser) -> Person:
    given, _, family = user.name.rpartition(" ")
    return Person(user.id, user.name, given or user.name, family, user.email)
