"""Deliveries, their attempts, and what one may do to those that are pending.

Annotations are read at run time here, so they are not postponed.
"""

from http import HTTPStatus
from typing import Any

from flask import Response

from emitter.app.api.answers import (
    AttemptsAnswer,
    DeliveriesAnswer,
    DeliveryAnswer,
    NoticesAnswer,
    WholeDeliveryAnswer,
    problems,
)
from emitter.app.api.routing import NUMBER, Numbered, found, group, next_page, service
from emitter.app.event_forms import ReplayForm
from emitter.app.forms import NothingForm
from emitter.app.problems import json_answer
from emitter.app.queries import DeliveryQuery, NothingQuery, NoticeQuery
from emitter.app.values import delivery_value, notice_value, summary_value
from emitter.core.attempt_forms import attempt_value, body_value
from emitter.core.deliveries import Delivery
from emitter.delivery.store import DeliverySummary, listing
from emitter.delivery.store.notices import find_notices

routes = group("deliveries", "what was sent, and what came of it")


@routes.get(
    "/api/deliveries",
    summary="List deliveries, newest first, a page at a time",
    responses={200: DeliveriesAnswer},
)
def list_deliveries(query: DeliveryQuery) -> Response:
    """By event, outcome of the last attempt, state, subscription and time of acceptance; `next` leads on."""
    page = listing.list_deliveries(
        service().store, query.wanted(), limit=query.limit + 1, before_id=query.before
    )
    has_more = len(page) > query.limit
    page = page[: query.limit]
    link = next_page(before=page[-1].delivery.id) if has_more else None
    return json_answer({"deliveries": [summary_value(each) for each in page], "next": link})


@routes.get(
    f"/api/deliveries/{NUMBER}",
    summary="Show one with both sides of every attempt",
    responses={200: WholeDeliveryAnswer, **problems(404)},
)
def show_delivery(path: Numbered, query: NothingQuery) -> Response:
    """Credentials in headers are masked."""
    del query
    summary, attempts = _whole(path.number)
    value = summary_value(summary) | body_value(summary.delivery.body)
    return json_answer(value | {"attempts": attempts})


@routes.get(
    f"/api/deliveries/{NUMBER}/attempts",
    summary="Show its attempts alone",
    responses={200: AttemptsAnswer, **problems(404)},
)
def list_attempts(path: Numbered, query: NothingQuery) -> Response:
    """In their order; those under way or cut off are `unknown`."""
    del query
    return json_answer({"attempts": _whole(path.number)[1]})


@routes.post(
    f"/api/deliveries/{NUMBER}/retry",
    summary="Make its next attempt now",
    responses={202: DeliveryAnswer, **problems(404, 409, 413, 415)},
)
def retry_delivery(path: Numbered, body: NothingForm) -> Response:
    """Also where its subscription is paused."""
    del body
    with found("delivery", path.number):
        return _moved(service().steering.retry_now(path.number))


@routes.post(
    f"/api/deliveries/{NUMBER}/skip",
    summary="Leave out its next retry",
    responses={202: DeliveryAnswer, **problems(404, 409, 413, 415)},
)
def skip_delivery(path: Numbered, body: NothingForm) -> Response:
    """It goes on with the retry after that; where there is none, it has failed."""
    del body
    with found("delivery", path.number):
        return _moved(service().steering.skip(path.number))


@routes.post(
    f"/api/deliveries/{NUMBER}/cancel",
    summary="Give it up",
    responses={202: DeliveryAnswer, **problems(404, 409, 413, 415)},
)
def cancel_delivery(path: Numbered, body: NothingForm) -> Response:
    """One that is under way is cancelled once its attempt has failed."""
    del body
    with found("delivery", path.number):
        return _moved(service().steering.cancel(path.number))


@routes.post(
    f"/api/deliveries/{NUMBER}/replay",
    summary="Send its exact body again, with the same request id and a new signature",
    responses={202: DeliveryAnswer, **problems(404, 409, 413, 415)},
)
def replay_delivery(path: Numbered, body: ReplayForm) -> Response:
    """A delivery of its own; where it went before, or to the subscription that is named."""
    with found("delivery", path.number):
        return _moved(service().steering.replay(path.number, to=body.subscription_id))


@routes.get(
    "/api/notices",
    summary="List what Zoom would have told the owners of subscriptions, newest first",
    responses={200: NoticesAnswer},
)
def list_notices(query: NoticeQuery) -> Response:
    """After two, four and six failed revalidations in a row; the sixth disables the subscription."""
    page = find_notices(
        service().store,
        subscription_id=query.subscription_id,
        before_id=query.before,
        limit=query.limit + 1,
    )
    has_more = len(page) > query.limit
    page = page[: query.limit]
    link = next_page(before=page[-1].id) if has_more else None
    return json_answer({"notices": [notice_value(each) for each in page], "next": link})


def _moved(delivery: Delivery) -> Response:
    return json_answer(delivery_value(delivery), HTTPStatus.ACCEPTED)


def _whole(number: int) -> tuple[DeliverySummary, list[dict[str, Any]]]:
    with found("delivery", number):
        summary, attempts = service().store.whole(number)
    return summary, [attempt_value(summary.delivery, attempt) for attempt in attempts]
