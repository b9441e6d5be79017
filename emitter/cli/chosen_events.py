"""What `emit` sends: generated events, changed as asked, or the user's own bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.patterns import matching
from emitter.cli.exact_bytes import exact_bytes
from emitter.core.events import Event
from emitter.errors import InvalidPayloadError, InvalidSettingError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog, EventType

RAW_EVENT: Final = "raw"
"""The event name a raw body goes by where neither it nor the command names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChoice:
    """The options that say what to send.

    Attributes:
        events: Event names as typed: full, last part, or with ``*``.
        count: How many rounds of them.
        seed: What the generated values follow from.
        overrides: ``PATH=VALUE`` texts.
        unset: Paths to remove.
        story: The name of the story to tell, `count` times; None for single events.
        payload: A file of JSON or JSON lines, ``-`` for standard input; None to generate.
        locales: Whose names and texts are told.
        is_forced: Whether unknown events and paths and invalid values are let through.
    """

    events: tuple[str, ...]
    count: int
    seed: str | None
    overrides: tuple[str, ...]
    unset: tuple[str, ...]
    story: str | None
    payload: str | None
    locales: tuple[str, ...]
    is_forced: bool

    def generated_or_own(self, catalog: Catalog, *, now_ms: int) -> Iterator[Event]:
        """Yield the events in the order in which they are sent.

        Args:
            catalog: The events there are.
            now_ms: When they happen, milliseconds since the epoch.

        Raises:
            UsageError: A name, path or value does not fit.
        """
        if self.story and (self.events or self.payload):
            raise InvalidSettingError("--story tells its own events; leave out the event names and --payload")
        is_changed = bool(self.overrides or self.unset or self.payload)
        for event in self._own(catalog, now_ms) if self.payload else self._generated(catalog, now_ms):
            yield self._changed(event, catalog) if is_changed else event

    def raw_bodies(self) -> Iterator[tuple[str, bytes]]:
        """Yield event name and exact bytes of the payload file, as often as asked.

        Raises:
            InvalidSettingError: There is no payload file, or it cannot be read.
        """
        if self.payload is None or self.story or self.overrides or self.unset or len(self.events) > 1:
            raise InvalidSettingError(
                "--raw sends a file as it is: it wants --payload, one event name at most"
            )
        body = exact_bytes(self.payload)
        name = self.events[0] if self.events else _name_in(body)
        for _ in range(self.count):
            yield name, body

    def _generated(self, catalog: Catalog, now_ms: int) -> Iterator[Event]:
        from emitter.cli.world_options import pools_of  # noqa: PLC0415 - as in `_enveloped`
        from emitter.faking import events_for, story_until  # noqa: PLC0415

        seed = self.seed or ""
        pools = pools_of(self.locales, seed)
        if self.story:
            for index in range(self.count):
                yield from story_until(
                    now_ms, name=self.story, seed=seed, index=index, catalog=catalog, pools=pools
                )
            return
        names = [event_type.name for name in self.events for event_type in matching(catalog, name)]
        yield from events_for(names, catalog=catalog, seed=seed, count=self.count, now_ms=now_ms, pools=pools)

    def _own(self, catalog: Catalog, now_ms: int) -> Iterator[Event]:
        if len(self.events) > 1:
            raise InvalidSettingError(
                "--payload goes with one event name at most; the file names its own events"
            )
        values = parse_json_values(exact_bytes(str(self.payload)))
        for _ in range(self.count):
            for value in values:
                yield self._enveloped(value, catalog, now_ms)

    def _enveloped(self, value: Any, catalog: Catalog, now_ms: int) -> Event:
        """Return the value as an event; a payload alone is put into the envelope of the event named."""
        if not isinstance(value, dict):
            raise InvalidPayloadError(
                f"an event is a JSON object, not {json.dumps(value)[:40]}; to send it, add --raw"
            )
        if "event" not in value:
            if not self.events:
                raise InvalidPayloadError(
                    "the JSON names no event; add its name to the command or an event key"
                )
            from emitter.faking import enveloped  # noqa: PLC0415 - whole bodies need no generator

            name = catalog.find(self.events[0]).name
            payload = value.get("payload", value)
            value = enveloped(payload, name=name, catalog=catalog, now_ms=now_ms) | (
                {"event_ts": value["event_ts"]} if "event_ts" in value else {}
            )
        name, event_ts = str(value["event"]), value.get("event_ts")
        return Event(name, event_ts if isinstance(event_ts, int) else now_ms, value)

    def _changed(self, event: Event, catalog: Catalog) -> Event:
        from emitter.catalog.changes import changed  # noqa: PLC0415
        from emitter.catalog.paths import parse_assignment  # noqa: PLC0415

        event_type = self._event_type(event.name, catalog)
        schema = event_type.schema if event_type else {}
        envelope = changed(
            event_type,
            dict(event.envelope),
            overrides=(parse_assignment(text, schema) for text in self.overrides),
            unset_paths=self.unset,
            force=self.is_forced,
        )
        if event_type and not self.is_forced:
            from emitter.catalog.validation import validate  # noqa: PLC0415

            try:
                validate(event_type, envelope)
            except InvalidPayloadError as error:
                raise InvalidPayloadError(f"{event.name} {error}; --force sends it all the same") from None
        event_ts = envelope.get("event_ts")
        return Event(event.name, event_ts if isinstance(event_ts, int) else event.event_ts_ms, envelope)

    def _event_type(self, name: str, catalog: Catalog) -> EventType | None:
        try:
            return catalog.find(name)
        except UnknownNameError as error:
            if self.is_forced:
                return None
            raise UsageError(f"{error}; --force sends it all the same") from None


def parse_json_values(text: bytes) -> list[Any]:
    """Return the values of one JSON document, or of JSON lines.

    Raises:
        InvalidPayloadError: It is neither; the message names line and column.
    """
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidPayloadError(
            f"the payload is not UTF-8 at byte {error.start}; --raw sends it as it is"
        ) from None
    try:
        return [json.loads(decoded)]
    except RecursionError:
        raise InvalidPayloadError("the payload is nested too deeply; --raw sends it as it is") from None
    except ValueError as whole:
        lines = [(number, line) for number, line in enumerate(decoded.splitlines(), 1) if line.strip()]
        if len(lines) <= 1:
            raise InvalidPayloadError(f"the payload is not JSON: {whole}; --raw sends it as it is") from None
        return [_json_line(number, line, whole) for number, line in lines]


def _json_line(number: int, line: str, whole: ValueError) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        if number == 1:
            raise InvalidPayloadError(f"the payload is not JSON: {whole}; --raw sends it as it is") from None
        raise InvalidPayloadError(f"line {number} of the payload is not JSON: {error}") from None


def _name_in(body: bytes) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return RAW_EVENT
    return str(value.get("event", RAW_EVENT)) if isinstance(value, dict) else RAW_EVENT
