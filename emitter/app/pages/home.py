"""The first page: where events go, the form that sends one, and what came of the latest."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request

from emitter.app.api.documents import index
from emitter.app.pages.sending import STORY, Draft, new_draft, send, send_story
from emitter.app.pages.showing import (
    REFUSALS,
    empty_left_out,
    names,
    service,
    subscriptions,
    tone_of,
    wants_page,
)
from emitter.core.faults import FAULTS
from emitter.delivery.store import DeliveryFilter
from emitter.delivery.store.listing import list_deliveries
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from emitter.app.pages.subscribing import SubscriptionDraft
    from emitter.core.deliveries import Delivery
    from emitter.delivery.store import DeliverySummary

routes = Blueprint("home", __name__)
_LATEST: Final = 12
_MOST_SENT: Final = 20
"""How many deliveries of what was just sent are shown one by one."""
_MAX_SEED_CHARS: Final = 100


@routes.get("/")
def show() -> Response:
    """Show it to people; programs get the list of routes."""
    answer = show_home() if wants_page() else index()
    answer.headers["Vary"] = "Accept"
    return answer


@routes.post("/send")
def send_event() -> AnyResponse:
    """Send what the form holds, and come back to it."""
    name = request.form.get("event", "")
    try:
        if name.startswith(STORY):
            sent = send_story(service(), name.removeprefix(STORY), request.form)
        else:
            result = send(service(), service().catalog.find(name), request.form)
            if isinstance(result, Draft):
                return show_home(draft=result, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            sent = result
    except REFUSALS as error:
        return show_home(chosen=name, error=str(error), status=HTTPStatus.CONFLICT)
    return redirect(f"/?{_back(name, sent)}#send", HTTPStatus.SEE_OTHER)


def show_home(
    *,
    draft: Draft | None = None,
    chosen: str = "",
    error: str = "",
    subscribing: SubscriptionDraft | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """Return the page; with a form as it was sent where something was wrong with it."""
    query = empty_left_out()
    latest = list_deliveries(service().store, DeliveryFilter(), limit=_LATEST)
    chosen = chosen or query.get("event", "")
    story = _story(chosen)
    if draft is None and story is None:
        event_type, unknown = _event_type(chosen)
        error = error or unknown
        seed = query.get("seed", "")[:_MAX_SEED_CHARS] or str(latest[0].delivery.id + 1 if latest else 1)
        draft = new_draft(service(), event_type, seed=seed, subscription=query.get("subscription", ""))
    page = render_template(
        "home.html",
        subscriptions=subscriptions(),
        names=names(),
        events=[*service().catalog],
        stories=_stories(),
        story=story,
        draft=draft,
        error=error or (draft.error if draft else ""),
        faults=[*FAULTS.values()],
        latest=latest,
        sent=_sent(query.get("sent", "")),
        tone_of=tone_of,
        subscribing=subscribing,
        next_seed=service().emitting.seed(None),
        story_seed=query.get("seed", "")[:_MAX_SEED_CHARS] or "1",
    )
    return make_response(page, status)


def _event_type(chosen: str) -> tuple[Any, str]:
    catalog = service().catalog
    try:
        return catalog.find(chosen) if chosen else next(iter(catalog)), ""
    except UnknownNameError as error:
        return next(iter(catalog)), str(error)


def _story(chosen: str) -> Any:
    return _stories().get(chosen.removeprefix(STORY)) if chosen.startswith(STORY) else None


def _stories() -> Any:
    from emitter.faking.stories import STORIES  # noqa: PLC0415 - imports the generator

    return STORIES


def _back(name: str, sent: list[Delivery]) -> str:
    """Return the query that shows the same form again, and what came of it."""
    kept = {
        "event": name,
        "seed": request.form.get("seed", ""),
        "subscription": request.form.get("subscription", ""),
    }
    numbers = [each.id for each in sent]
    shown = f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
    return urlencode({key: value for key, value in kept.items() if value} | {"sent": shown}, safe=":")


def _sent(numbers: str) -> list[DeliverySummary]:
    """Return the deliveries from ``first-last`` or ``only``, those that there are."""
    first, _, last = numbers.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal() and len(numbers) <= _MAX_SEED_CHARS):
        return []
    wanted = range(int(first), int(last or first) + 1)[:_MOST_SENT]
    found = []
    for number in wanted:
        try:
            found.append(service().store.summary(number))
        except UnknownNameError:
            continue
    return found
