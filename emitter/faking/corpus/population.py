"""The accounts of a corpus: a few large ones where much happens, many small ones."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from emitter.faking.people import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.pools import Pools

MOST_ACCOUNTS: Final = 10_000

_FEWEST_PEOPLE: Final = 4
_LARGEST: Final = 56
_SHARES: Final = 10**9
_KEPT: Final = 256


T = TypeVar("T")


class Population(Generic[T]):
    """The accounts, numbered from 0, the largest first; the n-th has an n-th of the first one's events.

    Args:
        count: How many accounts, at most `MOST_ACCOUNTS`.
        seed: Decides who is in them.
        pools: Where their names come from.
        of: Makes of an account what is asked for.
    """

    def __init__(self, count: int, *, seed: str, pools: Pools, of: Callable[[Account], T]) -> None:
        self._seed = seed
        self._pools = pools
        self._of = of
        self._until = tuple(accumulate(_SHARES // (number + 1) for number in range(count)))
        self._numbered = lru_cache(maxsize=_KEPT)(self._made)

    def chosen(self, share: int) -> T:
        """Return what is made of the account that a 32-bit share chooses."""
        # It does not reach every one of so many parts, but every account has many of them.
        return self._numbered(bisect_right(self._until, share * self._until[-1] >> 32))

    def _made(self, number: int) -> T:
        size = min(_FEWEST_PEOPLE + _LARGEST // (number + 1), len(self._pools.names))
        return self._of(Account.numbered(number, seed=self._seed, pools=self._pools, size=size))
