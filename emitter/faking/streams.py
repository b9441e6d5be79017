"""Chance without state: a stream of values that its names alone decide.

``Stream(seed, "story", 7, "playlist")`` gives the same values on every machine, Python and run, whatever
other streams were drawn from. Its bytes are those of SHAKE128 over the names, so that neither
`PYTHONHASHSEED` nor a later `random` module can change them.
"""

from __future__ import annotations

from hashlib import shake_128
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_FIRST_BLOCK: Final = 256
_SURPLUS_BYTES: Final = 4  # keeps the bias of `below` under one in sixteen million
_LANE_BYTES: Final = 64
_FIRST_LANES: Final = 16


class Stream:
    """Values drawn one after the other; two streams of the same names give the same ones.

    Args:
        names: The seed first, then whatever tells this stream from the others of the seed. A number and its
            decimal text are the same name.
        head: The first bytes, before those that the names decide; for `Lanes`.
    """

    __slots__ = ("_at", "_block", "_head", "_names")

    def __init__(self, *names: str | int, head: bytes = b"") -> None:
        self._names = names
        self._head = self._block = head
        self._at = 0

    def randbytes(self, n: int, /) -> bytes:
        """Return the next `n` bytes."""
        start = self._at
        self._at = end = start + n
        if end > len(self._block):
            # A longer digest begins with the shorter one: nothing that was drawn changes.
            tail = shake_128(_key(self._names) + self._head).digest(max(_FIRST_BLOCK, 2 * end))
            self._block = self._head + tail
        return self._block[start:end]

    def below(self, limit: int) -> int:
        """Return an integer from 0 up to and without `limit`, which is at least 1."""
        size = limit.bit_length() // 8 + _SURPLUS_BYTES
        return int.from_bytes(self.randbytes(size), "big") * limit >> 8 * size

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, of which there is at least one."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items in random order; all of them where there are fewer."""
        left = list(items)
        taken = []
        for _ in range(min(count, len(left))):
            index = self.below(len(left))
            taken.append(left[index])
            left[index] = left[-1]
            left.pop()
        return taken


class Lanes:
    """Streams side by side, cut from one digest: an eighth of the price of as many named streams.

    Args:
        names: As for `Stream`.
        kinds: What the streams are for; each kind has as many as are asked for, told apart by a number.
    """

    __slots__ = ("_block", "_kinds", "_names")

    def __init__(self, *names: str | int, kinds: Sequence[str]) -> None:
        self._names = names
        self._kinds = {kind: place for place, kind in enumerate(kinds)}
        self._block = b""

    def stream(self, kind: str, number: int = 0) -> Stream:
        """Return stream `number` of the kind, at its beginning."""
        start = (number * len(self._kinds) + self._kinds[kind]) * _LANE_BYTES
        end = start + _LANE_BYTES
        if end > len(self._block):
            size = max(_FIRST_LANES * _LANE_BYTES, 2 * end)
            self._block = shake_128(_key(self._names)).digest(size)
        return Stream(*self._names, kind, number, head=self._block[start:end])


def _key(names: tuple[str | int, ...]) -> bytes:
    # The lengths keep ("ab", "c") and ("a", "bc") apart.
    texts = [str(name) for name in names]
    return "".join([f"{len(text)}:{text}" for text in texts]).encode("utf-8", "surrogatepass")
