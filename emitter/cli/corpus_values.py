"""Values as one types them for a corpus: shards, percentages, points in time, spans."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import rich_click as click

from emitter.core.schedule import parse_duration
from emitter.errors import InvalidSettingError

_MILLION: Final = 1_000_000


class Shard(click.ParamType[tuple[int, int]]):
    """``i/n``, counted from 1."""

    name = "i/n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return number and count."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", str(value))
        if found is None:
            self.fail(f"{value!r} is not a shard; write 2/8 for the second of eight", param, ctx)
        number, count = int(found[1]), int(found[2])
        if not 1 <= number <= count:
            self.fail(f"the shard {value} does not exist; shards count from 1/{max(count, 1)}", param, ctx)
        return number, count


class Share(click.ParamType[int]):
    """``2%`` or ``0.5%``; parts of a million."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return how many of a million."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%", str(value))
        if found is None:
            self.fail(f"{value!r} is not a percentage; write 2% or 0.5%", param, ctx)
        whole, _, rest = found[1].partition(".")
        share = int(whole) * 10_000 + int((rest or "0").ljust(4, "0"))
        if share > _MILLION:
            self.fail(f"{value} is more than 100%", param, ctx)
        return share


class Instant(click.ParamType[int]):
    """``2026-01-05`` or ``2026-01-05T08:00:00Z``; milliseconds since the epoch."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the point in time; UTC where no offset is given."""
        if isinstance(value, int):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-01-05 or 2026-01-05T08:00:00Z", param, ctx)
        instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        if not 2001 <= instant.year <= 2200:  # noqa: PLR2004 - thirteen digits, and room for a span
            self.fail(f"{value} is out of reach; event times lie between 2001 and 2200", param, ctx)
        return round(instant.timestamp()) * 1000


class Span(click.ParamType[int]):
    """``90m``, ``12h``, ``7d``; milliseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return how long."""
        if isinstance(value, int):
            return value
        try:
            seconds = parse_duration(str(value))
        except InvalidSettingError as error:
            self.fail(str(error), param, ctx)
        if not seconds > 0:
            self.fail(f"{value} is no span; write 90m, 12h or 7d", param, ctx)
        return round(seconds * 1000)
