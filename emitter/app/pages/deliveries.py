"""Deliveries: the list, and each with the timeline of its attempts and both sides of every exchange."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request

from emitter.app.api.routing import NUMBER, found
from emitter.app.pages.showing import (
    REFUSALS,
    empty_left_out,
    names,
    service,
    subscriptions,
    tone_of,
)
from emitter.app.pages.timeline import Timeline, timeline_of
from emitter.app.queries import DeliveryQuery
from emitter.core.curl import curl_command
from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.core.schedule import RetrySchedule
from emitter.core.zoom import DEADLINE_S
from emitter.delivery.store.calls import find_calls
from emitter.delivery.store.listing import list_deliveries
from emitter.errors import InvalidFieldsError, InvalidSettingError, SecretTokenError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from emitter.core.deliveries import Attempt, Delivery

routes = Blueprint("delivery_pages", __name__)
_PAGE: Final = 50
_MOST_CALLS: Final = 100


@routes.get("/deliveries")
def show_list() -> Response:
    """List them, newest first, by what the filter says."""
    asked = empty_left_out()
    mistakes: dict[str, str] = {}
    try:
        query = DeliveryQuery.read({"limit": str(_PAGE)} | asked)
    except InvalidFieldsError as error:
        mistakes = {pointer.strip("/"): text for pointer, text in error.errors}
        query = DeliveryQuery.read({"limit": str(_PAGE)})
    page = (
        []
        if mistakes
        else list_deliveries(service().store, query.wanted(), limit=query.limit + 1, before_id=query.before)
    )
    shown = page[: query.limit]
    older = urlencode(asked | {"before": shown[-1].delivery.id}) if len(page) > query.limit else ""
    answer = render_template(
        "deliveries.html",
        page=shown,
        older=older,
        newer=urlencode({key: text for key, text in asked.items() if key != "before"}),
        asked=asked,
        mistakes=mistakes,
        events=[*service().catalog],
        states=[*DeliveryState],
        outcomes=[*OutcomeKind],
        subscriptions=subscriptions(),
        names=names(),
        tone_of=tone_of,
    )
    return make_response(answer, HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else HTTPStatus.OK)


@routes.get(f"/deliveries/{NUMBER}")
def show(number: int) -> Response:
    """Show one."""
    return _page(number)


@routes.get(f"/deliveries/{NUMBER}/body")
def body(number: int) -> Response:
    """Return the exact bytes an attempt sent, never as something that a browser would show."""
    with found("delivery", number):
        delivery = service().store.get_delivery(number)
    wanted = request.args.get("attempt", "")
    for attempt in service().store.attempts(number):
        if str(attempt.number) == wanted and attempt.sent_body is not None:
            return _as_file(attempt.sent_body, f"delivery-{number}-attempt-{wanted}.json")
    return _as_file(delivery.body, f"delivery-{number}.json")


@routes.post(f"/deliveries/{NUMBER}/retry")
def retry(number: int) -> AnyResponse:
    """Make its next attempt now."""
    return _steered(number, service().steering.retry_now)


@routes.post(f"/deliveries/{NUMBER}/skip")
def skip(number: int) -> AnyResponse:
    """Leave out its next retry."""
    return _steered(number, service().steering.skip)


@routes.post(f"/deliveries/{NUMBER}/cancel")
def cancel(number: int) -> AnyResponse:
    """Give it up."""
    return _steered(number, service().steering.cancel)


@routes.post(f"/deliveries/{NUMBER}/replay")
def replay(number: int) -> AnyResponse:
    """Send the same body again, as a delivery of its own, and show that one."""
    return _steered(number, service().steering.replay)


def _steered(number: int, steer: Callable[[int], Delivery]) -> AnyResponse:
    try:
        with found("delivery", number):
            delivery = steer(number)
    except REFUSALS as error:
        return _page(number, error=str(error), status=HTTPStatus.CONFLICT)
    return redirect(f"/deliveries/{delivery.id}", HTTPStatus.SEE_OTHER)


def _page(number: int, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    store = service().store
    with found("delivery", number):
        summary, attempts = store.whole(number)
    delivery = summary.delivery
    page = render_template(
        "delivery.html",
        summary=summary,
        delivery=delivery,
        attempts=attempts,
        calls=find_calls(store, delivery_id=number, limit=_MOST_CALLS)[::-1],
        timeline=_timeline(delivery, attempts),
        curls={
            attempt.number: _curl(delivery, summary.url, attempts[: index + 1])
            for index, attempt in enumerate(attempts)
        },
        is_pending=delivery.state is DeliveryState.PENDING,
        names=names(),
        error=error,
        tone_of=tone_of,
    )
    return make_response(page, status)


def _timeline(delivery: Delivery, attempts: list[Attempt]) -> Timeline:
    """Return the timeline; without what is still planned where its subscription cannot be read."""
    try:
        subscription = service().directory.stored(delivery.subscription_id).subscription
    except (UnknownNameError, SecretTokenError, InvalidSettingError):
        schedule, deadline_s, time_scale = RetrySchedule(()), DEADLINE_S, 1.0
    else:
        schedule, deadline_s = subscription.retry_schedule, subscription.timeout_s
        time_scale = subscription.time_scale
    return timeline_of(delivery, attempts, schedule=schedule, deadline_s=deadline_s, time_scale=time_scale)


def _as_file(content: bytes, name: str) -> Response:
    answer = make_response(content)
    answer.content_type = "application/octet-stream"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _curl(delivery: Delivery, url: str, attempts: list[Attempt]) -> str:
    return curl_command(delivery, url, attempts).decode("utf-8", "backslashreplace")
