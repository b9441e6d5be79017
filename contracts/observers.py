"""Someone who sees what a receiver did with events, where its answers do not tell."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Counts effects: rows, messages, jobs; asked before and after, only the difference counts."""

    def count(self) -> int:
        """Return how many effects there have been.

        Raises:
            UsageError: The observer cannot be asked or does not answer with a number.
        """
