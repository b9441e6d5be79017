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


class Stream:
    """Values drawn one after the other; two streams of the same names give the same ones.

    Args:
        names: The seed first, then whatever tells this stream from the others of the seed. A number and its
            decimal text are the same name.
    """

    __slots__ = ("_at", "_block", "_names")

    def __init__(self, *names: str | int) -> None:
        self._names = names
        self._block = b""
        self._at = 0

    def randbytes(self, n: int, /) -> bytes:
        """Return the next `n` bytes."""
        start = self._at
        self._at = end = start + n
        if end > len(self._block):
            # A longer digest begins with the shorter one: nothing that was drawn changes.
            self._block = shake_128(_key(self._names)).digest(max(_FIRST_BLOCK, 2 * end))
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


class Blocks:
    """Random bytes of which each place holds the same whichever others were read before; many of a kind.

    Args:
        names: What all of them have in common, as for `Stream`.
    """

    __slots__ = ("_begun",)

    def __init__(self, *names: str | int) -> None:
        self._begun = shake_128(_key(names))

    def octets(self, name: str | int, size: int) -> bytes:
        """Return the first `size` bytes of ``Stream(*names, name)``; more of them begin with fewer."""
        digest = self._begun.copy()
        text = str(name)
        digest.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))
        return digest.digest(size)


class Block:
    """Random bytes that are made when they are asked for, at first `size` of them.

    Args:
        blocks: Blocks of a kind.
        name: Which of them.
        size: How many bytes are likely to be enough.
    """

    __slots__ = ("_blocks", "_name", "octets")

    def __init__(self, blocks: Blocks, name: str | int, size: int) -> None:
        self._blocks = blocks
        self._name = name
        self.octets = blocks.octets(name, size)

    def reaching(self, end: int) -> bytes:
        """Return the bytes from the first on, at least `end` of them."""
        if end > len(self.octets):
            self.octets = self._blocks.octets(self._name, 2 * end)
        return self.octets


def below_at(octets: bytes, at: int, limit: int) -> int:
    """Return an integer from 0 up to and without `limit`, made from the four bytes at a place."""
    return int.from_bytes(octets[at : at + 4], "big") * limit >> 32


def pick_at(octets: bytes, at: int, items: Sequence[T]) -> T:
    """Return one of the items, of which there are far fewer than 65536, by the two bytes at a place."""
    return items[(octets[at] << 8 | octets[at + 1]) * len(items) >> 16]


def _key(names: tuple[str | int, ...]) -> bytes:
    # The lengths keep ("ab", "c") and ("a", "bc") apart.
    texts = [name if isinstance(name, str) else str(name) for name in names]
    return "".join([f"{len(text)}:{text}" for text in texts]).encode("utf-8", "surrogatepass")
