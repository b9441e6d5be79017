"""The reads of deals: those that CRM events named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.errors import no_such, wrong_parameter
from emitter.app.zoom.facts import deal_facts
from emitter.app.zoom.parameters import moment_ms
from emitter.app.zoom.reading import filled
from emitter.app.zoom.state import conversations, regarding
from emitter.faking.answers import answer_maker, draw_of, item_maker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.app.zoom.reading import Ask, Events
    from emitter.delivery.store.mentions import SentEvent

_ID: Final = "deal_id"


class Deals:
    """Answers what is asked about deals. Thread-safe.

    Args:
        events: What was sent.
    """

    def __init__(self, events: Events) -> None:
        self._events = events

    def listed(self, ask: Ask) -> dict[str, Any]:
        """Return a page of deals, newest first.

        Raises:
            ZoomError: A time is no time, or there is no such team or owner.
        """
        page, wanted = ask.page(), self._wanted(ask.query)
        make = item_maker(ask.operation, "deals")

        def made(ids: list[str]) -> dict[str, Any]:
            about = self._events.about(_ID, ids)
            found = {}
            for id_ in ids:
                facts = _facts(id_, [each for each in about if each.about == id_])
                item = filled(make, draw_of("deal", id_, now_ms=ask.now_ms), facts)
                if wanted(item):
                    found[id_] = item
            return found

        items, place = self._events.listed(_ID, page, made)
        owner_id = ask.query.get("owner_id", "")
        if owner_id and not items and not self._events.is_known("user_id", owner_id):
            raise no_such("Owner", owner_id)
        given = {name: ask.query[name] for name in ("from", "to") if name in ask.query}
        return {"next_page_token": page.token(place), "page_size": page.size, **given, "deals": items}

    def shown(self, ask: Ask) -> dict[str, Any]:
        """Return a deal; raises ZoomError where there is none."""
        id_ = ask.values["dealId"]
        about = self._events.about(_ID, [id_])
        if not about and not self._events.answers_any_id:
            raise no_such("Deal", f"{id_}.", note="no event that was sent names this deal")
        draw = draw_of("deal", id_, now_ms=ask.now_ms)
        return filled(answer_maker(ask.operation), draw, _facts(id_, about))

    def _wanted(self, query: Mapping[str, str]) -> Callable[[dict[str, Any]], bool]:
        if "team_id" in query and not self._events.answers_any_id:
            raise no_such("Team", query["team_id"], note="no event mentions teams")
        low_ms, high_ms = _time(query, "from"), _time(query, "to")
        low, high = float(query.get("min_deal_amount", 0)), float(query.get("max_deal_amount", "inf"))

        def wanted(item: dict[str, Any]) -> bool:
            created_ms = moment_ms(item["create_time"])
            return (
                query.get("deal_name", "").lower() in item["deal_name"].lower()
                and query.get("deal_stage", item["deal_stage"]) == item["deal_stage"]
                and query.get("owner_id", item["owner_id"]) == item["owner_id"]
                and low <= item["deal_amount"] <= high
                and (low_ms is None or low_ms <= created_ms)
                and (high_ms is None or created_ms <= high_ms)
            )

        return wanted


def deal_beside(events: Events, deal_id: str, account_id: str) -> dict[str, Any]:
    """Return a deal as it stands in a conversation that belongs to it."""
    facts = _facts(deal_id, events.about(_ID, [deal_id]), account_id)
    return {
        "id": deal_id,
        "name": facts["deal_name"],
        "stage": facts["deal_stage"],
        "customer_crm_account_name": facts["account_name"],
        "close_date": facts["close_date"],
    }


def _facts(deal_id: str, about: list[SentEvent], account_id: str = "") -> dict[str, Any]:
    """Return what is known of a deal from the events about it, oldest first."""
    first_ms = about[0].created_at_ms if about else 0
    last_ms = about[-1].created_at_ms if about else 0
    told = conversations(regarding(about, "conversation_id"))
    account = account_id or next((each.account_id for each in told.values()), "")
    facts = deal_facts(deal_id, account, first_ms=first_ms, last_ms=last_ms)
    count = sum(deal_id in each.deal_ids for each in told.values())
    return facts | {"number_of_conversations": count}


def _time(query: Mapping[str, str], name: str) -> int | None:
    try:
        return moment_ms(query[name]) if name in query else None
    except ValueError:
        raise wrong_parameter(name, "The from or to time is invalid.") from None
