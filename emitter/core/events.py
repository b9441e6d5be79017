"""An event: something that happened, as the envelope that tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emitter.core.wire import WireStyle, encode, ordered

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Event:
    """One event, before anyone is told of it.

    Attributes:
        name: Which kind of event; may differ from the envelope's ``event`` where a caller changed that.
        event_ts_ms: When it was made, milliseconds since the epoch.
        envelope: The whole JSON object: event, event_ts, payload, and extras. Not to be edited.
    """

    name: str
    event_ts_ms: int
    envelope: Mapping[str, Any] = field(hash=False)

    def body(self, style: WireStyle = WireStyle.ZOOM) -> bytes:
        """Return the exact bytes of the envelope, its top-level keys in the order Zoom gives this event.

        Raises:
            UnencodableError: The envelope has no JSON form.
        """
        return encode(ordered(self.name, self.envelope), style)
