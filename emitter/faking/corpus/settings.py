"""What corpus is wanted: everything that decides its bytes, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Self

from emitter.errors import InvalidSettingError
from emitter.faking.known import NOTHING, Known, known_of, world_of

REALISTIC: Final = "realistic"
COVERAGE: Final = "coverage"
HOSTILE: Final = "hostile"
SETS: Final = (REALISTIC, COVERAGE, HOSTILE)
FORMATS: Final = ("jsonl", "files", "http", "har")
COMPRESSIONS: Final = ("none", "gzip", "zstd")
PARTITIONS: Final = ("day", "hour")

DEFAULT_SEED: Final = "1"
DEFAULT_EVENTS: Final = 200
DEFAULT_START_MS: Final = 1_767_571_200_000
"""2026-01-05T00:00:00Z, a Monday."""
DEFAULT_SPAN_MS: Final = 7 * 86_400_000
DEFAULT_ACCOUNTS: Final = 5
MOST_FILES: Final = 20_000
"""How many events may become files of their own."""
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a corpus; two corpora of the same settings and versions are the same bytes.

    Attributes:
        seed: Decides everything that is drawn.
        sets: Which of `SETS`.
        events: How many realistic events over all shards, or None where stories are counted.
        stories: How many stories over all shards, or None where events are counted.
        wanted: The full names of the events that go in; all where there are none.
        start_ms: When the period of the events begins, milliseconds since the epoch.
        span_ms: How long it is, milliseconds.
        shard: Which shard, from 1.
        shards: Of how many.
        accounts: How many accounts the stories happen in.
        locales: Faker's names of the locales of names and texts; the bundled texts where there are none.
        format: One of `FORMATS`.
        compress: One of `COMPRESSIONS`.
        partition: One of `PARTITIONS`, or an empty text.
        duplicates: How many of a million events are delivered again.
        late: How many of a million deliveries come late.
        reorder: How many of a million events arrive after the next of their story.
        known: Who and what is there already, in the place of what would be made up.
    """

    seed: str = DEFAULT_SEED
    sets: tuple[str, ...] = SETS
    events: int | None = None
    stories: int | None = None
    wanted: tuple[str, ...] = ()
    start_ms: int = DEFAULT_START_MS
    span_ms: int = DEFAULT_SPAN_MS
    shard: int = 1
    shards: int = 1
    accounts: int = DEFAULT_ACCOUNTS
    locales: tuple[str, ...] = ()
    format: str = "jsonl"
    compress: str = "none"
    partition: str = ""
    duplicates: int = 0
    late: int = 0
    reorder: int = 0
    known: Known = NOTHING

    def __post_init__(self) -> None:
        """Refuse what does not go together.

        Raises:
            InvalidSettingError: With the reason.
        """
        if not 1 <= self.shard <= self.shards:
            raise InvalidSettingError(
                f"the shard {self.shard}/{self.shards} does not exist; shards count from 1 to {self.shards}"
            )
        is_own_files = self.format in {"files", "http"}
        if self.compress != "none" and is_own_files:
            raise InvalidSettingError(f"--compress goes with --format jsonl or har, not with {self.format}")
        if self.partition and self.format != "jsonl":
            raise InvalidSettingError(f"--partition goes with --format jsonl, not with {self.format}")
        if self.is_stream and self.format != "jsonl":
            raise InvalidSettingError("--duplicates, --late and --reorder go with --format jsonl")
        if self.is_stream and self.wanted:
            raise InvalidSettingError(
                "--duplicates, --late and --reorder tell whole stories; leave out --event"
            )
        if self.is_stream and (self.known.playlist_ids or self.known.conversation_ids):
            raise InvalidSettingError(
                "--duplicates, --late and --reorder want playlists and conversations of their own; "
                "leave them out of [world]"
            )
        if is_own_files and max(self.events or 0, self.stories or 0) > MOST_FILES:
            raise InvalidSettingError(
                f"--format {self.format} makes files of each event, {MOST_FILES} at most; use jsonl for more"
            )

    @property
    def is_stream(self) -> bool:
        """Whether events come in the order in which they arrive, with redeliveries."""
        return bool(self.duplicates or self.late or self.reorder)

    def as_json(self) -> dict[str, Any]:
        """Return the settings as they stand in a manifest."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "known"}
        shown = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
        return shown if self.known == NOTHING else shown | {"world": world_of(self.known)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Return the settings a manifest holds.

        Raises:
            InvalidSettingError: A key is missing, unknown or of another type.
        """
        kinds = {each.name: type(getattr(cls(), each.name)) for each in fields(cls) if each.name != "known"}
        known = known_of(value.get("world", {}))
        value = {key: each for key, each in value.items() if key != "world"}
        if value.keys() != kinds.keys():
            odd = ", ".join(sorted(value.keys() ^ kinds.keys()))
            raise InvalidSettingError(f"the settings of the manifest are not those this version knows: {odd}")
        given: dict[str, Any] = {
            key: tuple(each) if isinstance(each, list) else each for key, each in value.items()
        }
        for key, each in given.items():
            is_number = key in {"events", "stories"} and (each is None or type(each) is int)
            if not is_number and type(each) is not kinds[key]:
                raise InvalidSettingError(f"the setting {key} of the manifest is {each!r}, which is no {key}")
        return cls(**given, known=known)
