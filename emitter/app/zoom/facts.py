"""What Zoom's API says of a thing and no event does: made of its id, and so the same on every path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.parameters import time_text
from emitter.faking import ids
from emitter.faking.answers import account_of
from emitter.faking.pools import bundled_pools
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from emitter.app.zoom.state import Conversation
    from emitter.faking.people import Person

_MEETING: Final = "ZOOM_MEETING"
_TYPES: Final = {"ZOOM_PHONE": "phone", "ZOOM_CONTACT_CENTER": "contact_center"}
_STAGES: Final = ("Qualification", "Needs Analysis", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
_CLOSED: Final = "Closed"
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
_TIME_DIGITS: Final = 13


def conversation_type(source: str | None) -> str:
    """Return a source as the API's `conversation_type`: CONFIRMED ``meeting`` and ``phone`` (ZRA)."""
    return _TYPES.get(source or "", "meeting")


def conversation_facts(conversation: Conversation) -> dict[str, Any]:
    """Return what a list and the conversation itself say alike, by property name; None is left out."""
    stream = Stream("zoom", "conversation", conversation.id)
    uuid, _, digits = conversation.id.rpartition(",")
    has_start = len(digits) == _TIME_DIGITS and digits.isascii() and digits.isdecimal()
    is_meeting = conversation.source in {_MEETING, None} and bool(uuid)
    processed_ms = conversation.analysed_at_ms or conversation.first_ms
    minutes = stream.between(6, 75)
    start_ms = int(digits) if has_start else processed_ms - (minutes + stream.between(3, 40)) * _MINUTE_MS
    if has_start and processed_ms > start_ms:
        minutes = max(1, min(minutes, (processed_ms - start_ms) // _MINUTE_MS))
    topic = stream.pick(bundled_pools().topics)
    is_ready = conversation.analysed_at_ms is not None
    return {
        "conversation_id": conversation.id,
        "host_id": conversation.host_id or ids.short_id(Stream("zoom", "host", conversation.id)),
        "meeting_id": ids.meeting_number(stream) if is_meeting else None,
        "meeting_uuid": uuid if is_meeting else None,
        "topic": topic,
        "conversation_topic": topic,
        "duration": minutes,
        "duration_sec": minutes * 60,
        "conversation_type": conversation_type(conversation.source),
        "meeting_start_time": time_text(start_ms),
        "iq_processed_time": time_text(processed_ms) if is_ready else None,
        "engagement_score": stream.between(20, 100) if is_ready else None,
        "sentiment_score": stream.between(20, 100) if is_ready else None,
        # No document has these two; they are what the event named (docs/zoom.md#rest-api, UNSURE).
        "source": conversation.source,
        "engagement_id": conversation.engagement_id,
    }


def deal_facts(deal_id: str, account_id: str, *, first_ms: int, last_ms: int) -> dict[str, Any]:
    """Return what lists, conversations and the deal itself say alike, by property name.

    Args:
        deal_id: The deal.
        account_id: The Zoom account.
        first_ms: When an event first told of it, milliseconds since the epoch.
        last_ms: When one last did.
    """
    stream = Stream("zoom", "deal", deal_id)
    owner: Person = stream.pick(account_of(account_id).people)
    company, stage = stream.pick(bundled_pools().companies), stream.pick(_STAGES)
    created_ms = first_ms - stream.between(3, 90) * _DAY_MS
    closes_ms = first_ms + stream.between(5, 120) * _DAY_MS
    return {
        "deal_id": deal_id,
        "deal_name": f"{company}: {stream.pick(('renewal', 'pilot', 'new seats', 'migration'))}",
        "deal_stage": stage,
        "deal_description": f"What {company} wants of us",
        "owner_id": owner.id,
        "owner_name": owner.name,
        "owner_email": owner.email,
        "deal_is_closed": stage.startswith(_CLOSED),
        "create_time": time_text(created_ms),
        "account_name": company,
        "deal_is_private": False,
        "deal_amount": stream.between(20, 9000) * 100,
        "currency_type": "USD",
        "close_date": time_text(closes_ms)[:10],
        "time_in_stage": stream.between(0, 60),
        "last_activity_time": time_text(last_ms),
        "account_type": "salesforce",
    }


def person(user_id: str, account_id: str) -> Person:
    """Return who a user is of whom no event says more than the id; always the same one."""
    who: Person = Stream("zoom", "user", user_id).pick(account_of(account_id).people)
    return who._replace(id=user_id)


def name_in(email: str) -> str:
    """Return a person's name as an e-mail address spells it."""
    return email.partition("@")[0].replace(".", " ").replace("_", " ").title()
