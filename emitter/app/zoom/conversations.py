"""The reads of conversations: what events announced of them, and what only the API knows.

Source of paths, names and codes: docs/zoom.md#rest-api.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.deals import deal_beside
from emitter.app.zoom.errors import no_such, wrong_parameter
from emitter.app.zoom.facts import conversation_facts, name_in, person
from emitter.app.zoom.parameters import moment_ms, time_text
from emitter.app.zoom.reading import agreed, filled, in_page
from emitter.app.zoom.state import Conversation, conversations
from emitter.faking.answers import answer_maker, draw_of, item_maker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.app.zoom.reading import Ask, Events
    from emitter.app.zoom.state import Comment

_ID: Final = "conversation_id"
_SECTIONS: Final = {
    "topics": "topics",
    "nextSteps": "next_steps",
    "engagingQuestions": "good_questions",
    "indicators": "indicators",
}
"""Which part of the whole analysis is returned as `analysis`, by `analysis_type`."""
_PARTS: Final = {
    "smartChapters": ("summary", "smart_chapters"),
    "dealMemo": ("deal_memo",),
    "all": ("smart_chapters", *_SECTIONS.values(), "deal_memo", "playbooks"),
}
_TIMES: Final = {"meetingStartTime": "meeting_start_time", "iqProcessedTime": "iq_processed_time"}


class Conversations:
    """Answers what is asked about conversations. Thread-safe.

    Args:
        events: What was sent.
    """

    def __init__(self, events: Events) -> None:
        self._events = events

    def listed(self, ask: Ask) -> dict[str, Any]:
        """Return a page of conversations, newest first.

        Raises:
            ZoomError: A time is no time, or a user, team or deal is none.
        """
        page, wanted = ask.page(), _wanted(ask.query)
        beside = self._beside(ask.query)
        deal_id = ask.query.get("deal_id")

        def made(ids: list[str]) -> dict[str, Any]:
            found = conversations(self._events.about(_ID, ids))
            if deal_id is not None:
                found = {id_: each for id_, each in found.items() if deal_id in each.deal_ids}
            items = {id_: _item(ask, each) for id_, each in found.items()}
            return {id_: item for id_, item in items.items() if wanted(item)}

        items, place = self._events.listed(_ID, page, made, beside=beside)
        given = {name: ask.query[name] for name in ("from", "to") if name in ask.query}
        return {"next_page_token": page.token(place), "page_size": page.size, **given, "conversations": items}

    def shown(self, ask: Ask) -> dict[str, Any]:
        """Return a conversation; raises ZoomError where there is none."""
        conversation = self._found(ask)
        made = _whole(ask, conversation)
        facts = conversation_facts(conversation)
        name, email = self._person(facts["host_id"], conversation.account_id)
        made["participants"] = [
            {"display_name": name, "email": email, "type": "rep"},
            *({**each, "type": "customer"} for each in made["participants"][1:]),
        ]
        deal_id = conversation.deal_id
        deal = deal_beside(self._events, deal_id, conversation.account_id) if deal_id else None
        return agreed(
            made,
            {
                **facts,
                "host_email": email,
                "start_time": facts["meeting_start_time"],
                "deal": deal,
                "stage_during_conversation": deal and deal["stage"],
                "moment_info": [],
                "summary": made["summary"] if conversation.analysed_at_ms is not None else None,
            },
        )

    def comments(self, ask: Ask) -> dict[str, Any]:
        """Return a page of the comments on a conversation, oldest first."""
        conversation, page = self._found(ask), ask.page()
        items, place = in_page([*conversation.comments.values()], page)
        make = item_maker(ask.operation, "comments")
        made = [filled(make, _draw(conversation, "comment", each.id), _comment(each)) for each in items]
        return {"next_page_token": page.token(place), "page_size": page.size, "comments": made}

    def analysis(self, ask: Ask) -> dict[str, Any]:
        """Return what the analysis found: the part that is asked for; nothing before it was announced."""
        conversation, page, kind = self._found(ask), ask.page(), ask.query["analysis_type"]
        head = {"next_page_token": "", "page_size": page.size}
        whole = _whole(ask, conversation)
        if conversation.analysed_at_ms is None:
            whole = {name: type(value)() for name, value in whole.items()}
        if kind in _SECTIONS:
            return head | {"analysis": whole[_SECTIONS[kind]]}
        return head | {name: whole[name] for name in _PARTS[kind]}

    def interactions(self, ask: Ask) -> dict[str, Any]:
        """Return who said what in a conversation, its host first."""
        conversation, page = self._found(ask), ask.page()
        facts = conversation_facts(conversation)
        made = _whole(ask, conversation)["participants"]
        name, email = self._person(facts["host_id"], conversation.account_id)
        host = {
            "user_id": facts["host_id"],
            "email": email,
            "display_name": name,
            "speaker_type": "rep",
        }
        others = [{**each, "speaker_type": "customer"} for each in made[1:]]
        items, place = in_page([{**made[0], **host}, *others], page)
        return {"next_page_token": page.token(place), "page_size": page.size, "participants": items}

    def scorecards(self, ask: Ask) -> dict[str, Any]:
        """Return how a conversation was scored; nothing before its analysis was announced."""
        conversation, page = self._found(ask), ask.page()
        cards = _whole(ask, conversation)["scorecards"] if conversation.analysed_at_ms is not None else []
        items, place = in_page(cards, page)
        return {"next_page_token": page.token(place), "page_size": page.size, "scorecards": items}

    def _found(self, ask: Ask) -> Conversation:
        id_ = ask.values["conversationId"]
        found = conversations(self._events.about(_ID, [id_])).get(id_)
        if found is None and self._events.answers_any_id:
            return Conversation(id=id_, analysed_at_ms=ask.now_ms, first_ms=ask.now_ms)
        if found is None:
            raise no_such("Conversation", f"{id_}.", note=self._hint(id_))
        return found

    def _hint(self, id_: str) -> str:
        """Return what may be wrong with an id that nothing has."""
        meant = id_.replace(" ", "+")
        if meant != id_ and self._events.is_known(_ID, meant):
            return f"{meant!r} exists; an id with / or + has to be URL-encoded twice"
        return "no event that was sent mentions this conversation"

    def _beside(self, query: Mapping[str, str]) -> tuple[str, str] | None:
        for name, mentioned in (("host_id", "host_id"), ("participant_id", "user_id")):
            if name in query:
                if not self._events.is_known("user_id", query[name]):
                    raise no_such("Host or participant user", query[name])
                return mentioned, query[name]
        if "team_id" in query and not self._events.answers_any_id:
            raise no_such("Team", query["team_id"], note="no event mentions teams")
        if "deal_id" in query:
            if not self._events.is_known("deal_id", query["deal_id"]):
                raise no_such("Deal", query["deal_id"])
            return "deal_id", query["deal_id"]
        return None

    def _person(self, user_id: str, account_id: str) -> tuple[str, str]:
        """Return a user's name and e-mail address: as events named them beside the id, or made up of it."""
        for each in reversed(self._events.about("operator_id", [user_id])):
            payload = json.loads(each.body)["payload"]
            if payload.get("operator_id") == user_id and isinstance(payload.get("operator"), str):
                return name_in(payload["operator"]), payload["operator"]
        made_up = person(user_id, account_id)
        return made_up.name, made_up.email


def _wanted(query: Mapping[str, str]) -> Callable[[dict[str, Any]], bool]:
    """Return what says whether a list item fits the query."""
    bounds: dict[str, int] = {}
    for name in ("from", "to"):
        if name in query:
            try:
                bounds[name] = moment_ms(query[name])
            except ValueError:
                raise wrong_parameter(name, "The from or to time is invalid.") from None
    clock = _TIMES[query.get("period_type", "meetingStartTime")]
    kind = query.get("conversation_type", "all")
    is_scored = query.get("scored")

    def wanted(item: dict[str, Any]) -> bool:
        if kind not in {"all", item["conversation_type"]}:
            return False
        if is_scored is not None and (is_scored == "true") == bool(item["processing_analysis"]):
            return False
        at_ms = moment_ms(item[clock]) if clock in item else None
        if at_ms is None:
            return not bounds
        return bounds.get("from", at_ms) <= at_ms <= bounds.get("to", at_ms)

    return wanted


def _item(ask: Ask, conversation: Conversation) -> dict[str, Any]:
    is_waiting = conversation.analysed_at_ms is None
    known = {"deal_id": conversation.deal_id, "processing_analysis": is_waiting}
    known |= conversation_facts(conversation)
    return filled(item_maker(ask.operation, "conversations"), _draw(conversation), known)


def _comment(comment: Comment) -> dict[str, Any]:
    at = time_text(comment.at_ms)
    return {
        "id": comment.id,
        "parent_comment_id": None,
        "user_name": name_in(comment.user_email) or None,
        "user_email": comment.user_email or None,
        "created_time": at,
        "last_modified_time": at,
        "comment": comment.text,
        "mention_users": [],
        "mention_teams": [],
        "is_private": False,
    }


def _whole(ask: Ask, conversation: Conversation) -> dict[str, Any]:
    made: dict[str, Any] = answer_maker(ask.operation)(_draw(conversation))
    return made


def _draw(conversation: Conversation, *names: str) -> Any:
    happened_ms = conversation.analysed_at_ms or conversation.first_ms
    parts = names or ("conversation", conversation.id)
    return draw_of(*parts, account_id=conversation.account_id, now_ms=happened_ms)
