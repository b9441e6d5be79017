"""The realistic set: the stories of a shard, as pieces of files.

Everything is a pure function of settings, catalog, pools and secret token, story by story; so any stretch of
stories can be made by any process.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking.corpus.arrivals import LONGEST_WAY_MS, arrivals
from emitter.faking.corpus.formats import BodiesAndHeaders, Har, JsonLines, RawRequests
from emitter.faking.corpus.ordering import keyed
from emitter.faking.corpus.programme import Programme
from emitter.faking.corpus.requests import Delivery, Sender
from emitter.faking.corpus.rhythm import Rhythm
from emitter.faking.corpus.settings import DEFAULT_EVENTS
from emitter.faking.corpus.story_lines import StoryLines
from emitter.faking.corpus.telling import Teller
from emitter.faking.corpus.truth import truth_of
from emitter.faking.ids import uuid_parts_of
from emitter.faking.pacing import sent_ms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.corpus.formats import Format
    from emitter.faking.corpus.settings import Settings
    from emitter.faking.corpus.telling import ToldStory
    from emitter.faking.pools import Pools
    from emitter.faking.scripts import Script

LINES_A_PIECE: Final = 64
STORIES_A_PIECE: Final = 18
"""About 64 KB; pieces of a megabyte would take longer, the allocator gives so much back each time."""


class Piece(NamedTuple):
    """What is to be written.

    Attributes:
        path: The file, relative to the folder of the set.
        data: What is added to it.
        events: How many events or deliveries that is.
    """

    path: str
    data: bytes
    events: int


class Realistic:
    """Makes the realistic set of a shard.

    Args:
        settings: What is wanted.
        catalog: The events there are.
        pools: What names and texts are picked from.
        secret_token: Signs.
        is_one_file: Whether raw requests go into one file.

    Attributes:
        stories: The numbers of the shard's stories.
        events: How many events they have.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        catalog: Catalog,
        pools: Pools,
        secret_token: SecretToken,
        is_one_file: bool = False,
    ) -> None:
        self._settings = settings
        programme = Programme(catalog, seed=settings.seed, wanted=settings.wanted)
        events = DEFAULT_EVENTS if settings.events is None and settings.stories is None else settings.events
        if events is None:
            all_stories = settings.stories or 0
            all_events = programme.events_before(all_stories)
        else:
            all_stories, all_events = programme.stories_for(events), events
        self._all_stories = all_stories
        self._all_events = all_events
        self._programme = programme
        self._left_of_last = all_events - programme.events_before(all_stories - 1) if all_stories else 0

        def first_of(shard: int) -> int:
            if events is None or shard > settings.shards:
                return all_stories * (shard - 1) // settings.shards
            return programme.stories_for(all_events * (shard - 1) // settings.shards)

        last = all_stories if settings.shard == settings.shards else first_of(settings.shard + 1)
        self.stories = range(first_of(settings.shard), last)
        self.events = self.events_in(self.stories)
        self._sender = Sender(seed=settings.seed, secret_token=secret_token)
        self._teller = Teller(
            seed=settings.seed,
            programme=programme,
            rhythm=Rhythm(settings.start_ms, settings.span_ms),
            stories=max(1, all_stories),
            accounts=settings.accounts,
            pools=pools,
        )
        self._lines_of: dict[Script, StoryLines] = {}
        self._texts: dict[bytes, bytes] = {}
        self.format: Format = _format(settings, self._sender, is_one_file=is_one_file)

    @property
    def is_stream(self) -> bool:
        """Whether the set is a stream of arrivals."""
        return self._settings.is_stream

    def events_in(self, stories: range) -> int:
        """Return how many events these stories have."""
        before = self._programme.events_before
        return min(self._all_events, before(stories.stop)) - min(self._all_events, before(stories.start))

    def start_ms(self, story: int) -> int:
        """Return when a story begins, milliseconds since the epoch; later ones never begin earlier."""
        return self._teller.start_ms(story)

    def first_story_after(self, time_ms: int) -> int:
        """Return the first story of the set that begins at a time or later, milliseconds since the epoch."""
        stories = self.stories
        return stories.start + bisect_left(stories, time_ms, key=self.start_ms)

    @property
    def longest_ms(self) -> int:
        """How long it takes at most from the beginning of a story until nothing of it can arrive any more."""
        return self._programme.longest_ms + LONGEST_WAY_MS

    def told(self, story: int) -> ToldStory:
        """Tell a story."""
        return self._teller.told(story, most=self._most(story))

    def deliveries(self, story: int) -> Iterator[Delivery]:
        """Yield the deliveries of a story, in the order of its events."""
        return self._delivered(self.told(story))

    def _delivered(self, told: ToldStory) -> Iterator[Delivery]:
        name = f"{told.name}/{told.place}"
        made = (
            (
                Delivery(event, name, number, at_ms, body, identity, sent_ms_of(at_ms, sending)),
                sending,
            )
            for event, number, at_ms, body, identity, sending in told.events
        )
        if self._settings.is_stream:
            yield from arrivals([*made], self._settings)
        else:
            for delivery, _ in made:
                yield delivery

    def pieces(self, stories: range) -> Iterator[Piece]:
        """Yield what these stories add to the files, for plain sets, in pieces of about 64 KB."""
        if isinstance(self.format, JsonLines) and self.format.is_one_file:
            yield from self._lines(self.format, stories)
            return
        waiting: dict[str, list[bytes]] = {}
        between = self.format.framing.between
        for story in stories:
            for delivery in self.deliveries(story):
                for path, data in self.format.pieces(delivery):
                    lines = waiting.setdefault(path, [])
                    lines.append(data)
                    if len(lines) == LINES_A_PIECE:
                        yield Piece(path, between.join(waiting.pop(path)), len(lines))
        for path, lines in waiting.items():
            yield Piece(path, between.join(lines), len(lines))

    def _lines(self, lines: JsonLines, stories: range) -> Iterator[Piece]:
        """Yield the lines of plain stories: what `pieces` does for any format, without detours."""
        for first in range(stories.start, stories.stop, STORIES_A_PIECE):
            some = range(first, min(first + STORIES_A_PIECE, stories.stop))
            yield Piece(lines.path(0), b"".join(self._written(lines, some)), self.events_in(some))

    def _written(self, lines: JsonLines, stories: range) -> Iterator[bytes]:
        """Yield the lines of stories, step by step for all of them."""
        is_cut = self._all_stories - 1 in stories
        whole = stories[:-1] if is_cut else stories
        filled = self._teller.filled(whole)
        if not filled:
            yield from (lines.line(delivery) for story in stories for delivery in self.deliveries(story))
            return
        writers = [self._story_lines(story, each.script) for story, each in zip(whole, filled, strict=True)]
        pairs = [*zip(writers, filled, strict=True)]
        messages = [message for writer, each in pairs for message in writer.messages(each)]
        digits = iter(self._sender.signer.all_digits(messages))
        identities = b"".join([octets for each in filled for octets in each.paced[3]])
        request_ids = iter(uuid_parts_of(identities, b"_"))
        for story, (writer, each) in zip(whole, pairs, strict=True):
            yield from writer.lines(story, each, request_ids=request_ids, digits=digits)
        if is_cut:
            yield from map(lines.line, self.deliveries(stories[-1]))

    def _story_lines(self, story: int, script: Script) -> StoryLines:
        if script not in self._lines_of:
            name = self._teller.name(story)
            self._lines_of[script] = StoryLines(script, name=name, texts=self._texts)
        return self._lines_of[script]

    def stream(self, stories: range) -> tuple[list[bytes], list[Piece]]:
        """Return what these stories add to a stream.

        Returns:
            Their keyed lines, see `ordering`, and what they add to the files of the truth.
        """
        lines = self.format
        assert isinstance(lines, JsonLines)  # noqa: S101 - the settings allow nothing else
        arrived: list[bytes] = []
        truth: dict[str, list[bytes]] = {}
        for story in stories:
            told = self.told(story)
            deliveries = [*self._delivered(told)]
            arrived += [
                keyed(
                    received_ms=delivery.received_ms,
                    story=story,
                    number=delivery.number,
                    attempt=delivery.attempt,
                    line=lines.line(delivery),
                )
                for delivery in deliveries
            ]
            plot = self._teller.ending(story, most=self._most(story))
            for path, line in truth_of(told, plot, deliveries):
                truth.setdefault(path, []).append(line)
        return arrived, [Piece(path, b"".join(each), len(each)) for path, each in truth.items()]

    def path(self, at_ms: int) -> str:
        """Return the file of a line by its time, milliseconds since the epoch."""
        return self.format.path(at_ms) if isinstance(self.format, JsonLines) else ""

    def _most(self, story: int) -> int | None:
        return self._left_of_last if story == self._all_stories - 1 else None


def _format(settings: Settings, sender: Sender, *, is_one_file: bool) -> Format:
    match settings.format:
        case "har":
            return Har(sender)
        case "http":
            return RawRequests(sender, is_one_file=is_one_file)
        case "files":
            return BodiesAndHeaders(sender)
        case _:
            return JsonLines(sender, partition=settings.partition, is_stream=settings.is_stream)
