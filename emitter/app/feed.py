"""What happens, as it happens: for pages that show it live.

The latest happenings are kept in memory, numbered; whoever comes back after a short absence gets what was
missed. After a longer one, or a restart, it is made up from the record.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from emitter.delivery.clock import Clock

MAX_FOLLOWERS: Final = 24
"""Feeds open at once; each holds a thread of the server."""
KEPT: Final = 5000
MISSED: Final = "missed"
HEARTBEAT_S: Final = 15.0
"""How long a follower waits for news before it is told that there are none, in real seconds."""
_ID: Final = re.compile(r"([0-9]{1,19})-([0-9]{1,19})-([0-9]{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened.

    Attributes:
        id: ``milliseconds-run-number``: by it a follower says what it has seen.
        kind: ``delivery``, ``attempt``, ``subscription``, ``notice``, ``call``, ``stream``; ``missed`` where
            so much happened that one should look at the lists again.
        value: As the API shows it.
    """

    id: str
    kind: str
    value: dict[str, Any]


class Feed:
    """Tells followers what happens. Thread-safe.

    Args:
        clock: Says when.
        since: Returns from the record what happened since a time, in milliseconds since the epoch, oldest
            first, as kind and value; None where it is too much.
    """

    def __init__(
        self, *, clock: Clock, since: Callable[[int], list[tuple[str, dict[str, Any]]] | None]
    ) -> None:
        self._clock = clock
        self._since = since
        self._run = clock.now_ms()
        self._numbers = itertools.count(1)
        self._kept: deque[tuple[int, Happening]] = deque(maxlen=KEPT)
        self._news = threading.Condition()
        self._followers = 0
        self._is_closed = False

    @property
    def followers(self) -> int:
        """How many follow now."""
        return self._followers

    def tell(self, kind: str, value: dict[str, Any]) -> None:
        """Tell every follower, and keep it for those who come back."""
        with self._news:
            number = next(self._numbers)
            happening = Happening(id=self._id(number), kind=kind, value=value)
            self._kept.append((number, happening))
            self._news.notify_all()

    def tell_missed(self) -> None:
        """Tell every follower to look at the lists again; said once to those who are yet to come back."""
        with self._news:
            is_said = bool(self._kept) and self._kept[-1][1].kind == MISSED
        if not is_said or self._followers:
            self.tell(MISSED, {})

    def follow(self, last_id: str = "") -> Generator[Happening | None]:
        """Return what happens from now on, or from what was seen last; None where nothing did for a while.

        The place among the followers is given back when the iterator is closed or ends.

        Args:
            last_id: The id of the last happening that was seen, or anything else for none.

        Raises:
            BusyError: Too many follow already.
        """
        with self._news:
            if self._followers >= MAX_FOLLOWERS:
                raise BusyError(f"{MAX_FOLLOWERS} pages follow already; close one, or ask the lists again")
            self._followers += 1
        following = self._follow(last_id)
        next(following)  # so that the place is given back even if nothing is ever asked for
        return following

    def close(self) -> None:
        """End every follower."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()

    def _follow(self, last_id: str) -> Generator[Happening | None]:
        try:
            yield None
            seen, missed = self._where(last_id)
            yield from missed
            while True:
                news, is_closed = self._wait(seen)
                if is_closed:
                    return
                if not news:
                    yield None
                for number, happening in news:
                    seen = number
                    yield happening
        finally:
            with self._news:
                self._followers -= 1

    def _where(self, last_id: str) -> tuple[int, list[Happening]]:
        """Return the number after which to go on, and what has to be made up from the record before."""
        with self._news:
            latest = self._kept[-1][0] if self._kept else 0
            oldest = self._kept[0][0] if self._kept else 1
            match = _ID.fullmatch(last_id)
            if match is None:
                return latest, []
            at_ms, run, number = map(int, match.groups())
            if run == self._run and oldest - 1 <= number <= latest:
                return number, []
        found = self._since(at_ms)
        if found is None:
            return latest, [Happening(id=self._id(latest), kind=MISSED, value={})]
        return latest, [Happening(id=self._id(latest), kind=kind, value=value) for kind, value in found]

    def _wait(self, seen: int) -> tuple[list[tuple[int, Happening]], bool]:
        with self._news:
            self._news.wait_for(
                lambda: self._is_closed or bool(self._kept and self._kept[-1][0] > seen), HEARTBEAT_S
            )
            newest_first = itertools.takewhile(lambda one: one[0] > seen, reversed(self._kept))
            return [*newest_first][::-1], self._is_closed

    def _id(self, number: int) -> str:
        return f"{self._clock.now_ms()}-{self._run}-{number}"
