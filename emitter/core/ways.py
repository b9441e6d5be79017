"""Every common way to sign a request: a key, a function of key and text, a time, and a text made of it.

One choice of each is right, the others are mistakes that were seen. Who holds the secret token can compute
a signature in each way, and see which one it was: `emitter.core.mismatch` for a signature in hand,
``zoom-emitter check`` for a receiver that refuses the right one.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from emitter.core.bodies import event_timestamp
from emitter.core.digests import FUNCTIONS, Choice, Function
from emitter.core.mismatches import MISMATCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.core.mistakes import Mistake

MAX_DEVIATIONS: Final = 2
"""How many of body, key, function, time and message may be wrong at once in what is tried."""
SECONDS: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
MILLISECONDS: Final = re.compile(r"[0-9]{13}", re.ASCII)

Mistakes = tuple["Mistake", ...]
Step = TypeVar("Step")


@dataclass(frozen=True, slots=True)
class Message:
    """One way to join timestamp and body to the text that is signed; right where it names no mistake."""

    compose: Callable[[bytes, bytes], bytes]
    mistakes: Mistakes = ()


def _message(id_: str, found: str, compose: Callable[[bytes, bytes], bytes]) -> Message:
    return Message(compose, (MISMATCHES[id_].seen(found),))


MESSAGES: Final = (
    Message(lambda timestamp, body: b"v0:%b:%b" % (timestamp, body)),
    _message("missing-parts", "timestamp:body", lambda timestamp, body: b"%b:%b" % (timestamp, body)),
    _message("missing-parts", "the body alone", lambda _, body: body),
    _message("missing-parts", "v0:body", lambda _, body: b"v0:%b" % body),
    _message(
        "other-separators", "v0.timestamp.body", lambda timestamp, body: b"v0.%b.%b" % (timestamp, body)
    ),
    _message("other-separators", "timestamp.body", lambda timestamp, body: b"%b.%b" % (timestamp, body)),
    _message("other-separators", "nothing between", lambda timestamp, body: b"v0%b%b" % (timestamp, body)),
    _message("object-text", "[object Object]", lambda timestamp, _: b"v0:%b:[object Object]" % timestamp),
    _message("object-text", "b'…'", lambda timestamp, body: b"v0:%b:%b" % (timestamp, repr(body).encode())),
    _message("empty-body", "", lambda timestamp, _: b"v0:%b:" % timestamp),
)
"""Texts that are signed, the right one first."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to sign: everything of a signature but the body."""

    key: Choice
    function: Function
    timestamp: Choice
    message: Message

    @property
    def mistakes(self) -> Mistakes:
        """What is wrong with it; nothing where it is the right one."""
        steps = (self.key, self.function, self.timestamp, self.message)
        return tuple(mistake for step in steps for mistake in step.mistakes)

    def digest(self, body: bytes) -> bytes:
        """Return the bytes of the signature over a body."""
        return self.function.derive(self.key.value, self.message.compose(self.timestamp.value, body))


def timestamps(timestamp: str, body: bytes) -> tuple[Choice, ...]:
    """Return what may have been signed as the time, the header's text first."""
    choices = [Choice(timestamp.encode("utf-8", "replace"))]
    if MILLISECONDS.fullmatch(timestamp):
        choices.append(
            _timestamp("millisecond-timestamp", timestamp[:-3], "the header's; seconds were signed")
        )
    elif SECONDS.fullmatch(timestamp):
        choices.append(_timestamp("millisecond-timestamp", f"{timestamp}000", "the signed one's"))
    if event_ts := event_timestamp(body):
        choices.append(_timestamp("event-timestamp", event_ts, "in milliseconds"))
        choices.append(
            _timestamp("event-timestamp", event_ts[:-3], "in seconds; or the headers are of two attempts")
        )
    return tuple(choices)


def _timestamp(id_: str, text: str, found: str) -> Choice:
    return Choice(text.encode(), (MISMATCHES[id_].seen(found),))


def ways(
    keys: Sequence[Choice], timestamps: Sequence[Choice], *, max_deviations: int = MAX_DEVIATIONS
) -> list[Way]:
    """Return the ways to sign with these keys and times, the right one first, then by how much is wrong.

    Args:
        keys: The right one first.
        timestamps: The right one first.
        max_deviations: How many of key, function, time and message may be wrong at once.
    """
    found = []
    for wrong in sorted(itertools.product((False, True), repeat=4), key=sum):
        if sum(wrong) <= max_deviations:
            steps = itertools.product(
                _chosen(keys, is_wrong=wrong[0]),
                _chosen(FUNCTIONS, is_wrong=wrong[1]),
                _chosen(timestamps, is_wrong=wrong[2]),
                _chosen(MESSAGES, is_wrong=wrong[3]),
            )
            found += [Way(*chosen) for chosen in steps]
    return found


def _chosen(choices: Sequence[Step], *, is_wrong: bool) -> Sequence[Step]:
    return choices[1:] if is_wrong else choices[:1]
