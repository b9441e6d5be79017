"""What is true after a stream: its distinct events, and how each playlist and conversation ended up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emitter.faking.corpus.formats import iso_ms
from emitter.faking.ids import dashed_uuid_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emitter.faking.corpus.requests import Delivery
    from emitter.faking.corpus.telling import ToldStory
    from emitter.faking.plot import Plot

EVENTS: Final = "truth/events.jsonl"
PLAYLISTS: Final = "truth/playlists.jsonl"
CONVERSATIONS: Final = "truth/conversations.jsonl"


def is_truth(path: str) -> bool:
    """Say whether a file is of the truth, by its path in the set's folder."""
    return path.startswith("truth/")


def truth_of(told: ToldStory, plot: Plot, deliveries: Sequence[Delivery]) -> Iterator[tuple[str, bytes]]:
    """Yield a line for each event, playlist and conversation of a story, with the file it belongs to.

    Args:
        told: The story.
        plot: How things stand after its last event.
        deliveries: All deliveries of its events.
    """
    arrived: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        arrived.setdefault(delivery.number, []).append(delivery)
    for number, same in arrived.items():
        yield (
            EVENTS,
            _line(
                request_id=dashed_uuid_of(same[0].identity[:16]).replace("-", "_"),
                event=same[0].event,
                story=same[0].story,
                index=number,
                account_id=told.account_id,
                event_ts=same[0].event_ts_ms,
                first_received_at=iso_ms(min(one.received_ms for one in same)),
                deliveries=len(same),
            ),
        )
    for state in plot.playlists:
        yield (
            PLAYLISTS,
            _line(
                playlist_id=state.playlist.id,
                account_id=told.account_id,
                name=state.playlist.name,
                type=state.playlist.kind,
                moment_ids=sorted(moment.id for moment in state.moments),
                is_deleted=state.is_deleted,
            ),
        )
    if plot.is_conversation_told:
        records = sorted(
            record
            for each in plot.associated
            for record in (each.deal_id, each.account_id, each.lead_id)
            if record
        )
        yield (
            CONVERSATIONS,
            _line(
                conversation_id=plot.conversation_id,
                account_id=told.account_id,
                comment_ids=sorted(plot.comment_ids),
                crm_ids=records,
            ),
        )


def _line(**values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
