"""The JSON lines of a script's stories: what `formats.JsonLines` does, only faster.

Stories of many scripts come in turn, so what is read for each must be little: texts are shared.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from emitter.faking.corpus.requests import HEADERS
from emitter.faking.ids import UUID_PARTS
from emitter.faking.scripts import quoted
from emitter.faking.stand_ins import SENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from emitter.faking.corpus.telling import Filled
    from emitter.faking.scripts import Script

    Filling = tuple[bytes, Callable[[Sequence[bytes]], tuple[bytes, ...]]]


class StoryLines:
    """Writes the lines of the stories of one script.

    Args:
        script: The script.
        name: What the stories are called.
        texts: The texts of other scripts, to share and to add to.
    """

    def __init__(self, script: Script, *, name: str, texts: dict[bytes, bytes]) -> None:
        self._name = b"%b/%%d" % name.encode()
        self._texts = script.texts
        self._parts = UUID_PARTS * script.events
        self._numbers = [b"%d" % line.number for line in script.lines]
        self._messages: list[Filling] = []
        self._lines: list[Filling] = []
        # After the values of a story come the parts of the request ids of its events, what the story is
        # called, and of each event that is wanted its number, and then the digits of its signature.
        identity = len(script.place_of)
        story = identity + UUID_PARTS * script.events
        for at, line in enumerate(script.lines, start=story + 1):
            sent = script.place_of[SENT, line.number]
            parts = identity + UUID_PARTS * line.number
            digits = at + len(script.lines)
            message = b"v0:%%b:%b" % line.text
            text = b'{"event":"%b","story":"%%b","index":%%b,%b"body":"%b"}\n' % (
                line.event.encode(),
                HEADERS,
                quoted(line.text),
            )
            of_line = (story, at, *range(parts, parts + UUID_PARTS), sent, digits, *line.places)
            self._messages.append((texts.setdefault(message, message), _picker((sent, *line.places))))
            self._lines.append((texts.setdefault(text, text), _picker(of_line)))

    def messages(self, filled: Filled) -> list[bytes]:
        """Return what is signed of each wanted event of a story.

        Args:
            filled: What there is to tell of it.
        """
        values = filled.values
        return [text % pick(values) for text, pick in self._messages]

    def lines(
        self, story: int, filled: Filled, *, request_ids: Iterator[bytes], digits: Iterator[bytes]
    ) -> list[bytes]:
        """Return the lines of a story, each event delivered once.

        Args:
            story: Which story of the corpus.
            filled: What there is to tell of it; it can be used no more.
            request_ids: Gives the parts of the request ids of its course, and is left after them.
            digits: Gives those of the signatures of its `messages`, and is left after them.
        """
        values = filled.values
        # In the form of the wire a text that holds a quote holds a backslash.
        texts = b"\0".join(values[self._texts])
        if b"\\" in texts:
            values[self._texts] = quoted(texts).split(b"\0")
        values += islice(request_ids, self._parts)
        values.append(self._name % story)
        values += self._numbers
        values += islice(digits, len(self._numbers))
        return [text % pick(values) for text, pick in self._lines]


@lru_cache(maxsize=4096)
def _picker(places: tuple[int, ...]) -> Callable[[Sequence[bytes]], tuple[bytes, ...]]:
    return itemgetter(*places)
