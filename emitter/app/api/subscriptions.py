"""Subscriptions: made, listed, edited, validated, paused, stepped, ended.

Annotations are read at run time here, so they are not postponed.
"""

from http import HTTPStatus
from typing import Any

from flask import Response

from emitter.app.api.answers import (
    DeliveryAnswer,
    HandshakesAnswer,
    SubscriptionAnswer,
    SubscriptionsAnswer,
    problems,
)
from emitter.app.api.routing import NUMBER, Numbered, found, group, next_page, service
from emitter.app.forms import NothingForm
from emitter.app.problems import json_answer, problem
from emitter.app.queries import NothingQuery, SubscriptionQuery
from emitter.app.subscription_forms import SubscriptionEdit, SubscriptionForm
from emitter.app.values import delivery_value, stored_handshake_value
from emitter.core.handshake import Handshake
from emitter.core.handshake_forms import handshake_value

routes = group("subscriptions", "where events go")


@routes.post(
    "/api/subscriptions",
    summary="Subscribe an endpoint; it must pass URL validation first",
    responses={201: SubscriptionAnswer, **problems(409, 413, 415)},
)
def subscribe(body: SubscriptionForm) -> Response:
    """A draft is stored without; so is one whose secret token is made, which no endpoint can know yet."""
    number, handshake = service().subscribing.subscribe(body)
    if number is None:
        return _refused(handshake, "nothing was subscribed")
    answer = json_answer(_value(number, handshake), HTTPStatus.CREATED)
    answer.headers["Location"] = f"/api/subscriptions/{number}"
    return answer


@routes.get(
    "/api/subscriptions", summary="List subscriptions, oldest first", responses={200: SubscriptionsAnswer}
)
def list_subscriptions(query: SubscriptionQuery) -> Response:
    """Those that have ended are not among them."""
    views = service().directory.views(query)
    page = [service().subscription_value(view) for view in views[: query.limit]]
    has_more = len(views) > query.limit
    return json_answer({"subscriptions": page, "next": next_page(after=page[-1]["id"]) if has_more else None})


@routes.get(
    f"/api/subscriptions/{NUMBER}",
    summary="Show one",
    responses={200: SubscriptionAnswer, **problems(404)},
)
def show_subscription(path: Numbered, query: NothingQuery) -> Response:
    """Its URL is shown without the query, which may hold a token; secrets never are."""
    del query
    return json_answer(_value(path.number))


@routes.patch(
    f"/api/subscriptions/{NUMBER}",
    summary="Edit one; a new URL, secret token or authentication must pass URL validation first",
    responses={200: SubscriptionAnswer, **problems(404, 409, 413, 415)},
)
def edit_subscription(path: Numbered, body: SubscriptionEdit) -> Response:
    """What is given changes, the rest stays; where the endpoint does not pass, nothing changes."""
    with found("subscription", path.number):
        handshake = service().subscribing.edit(path.number, body)
    if handshake is not None and not handshake.verdict.is_valid:
        return _refused(handshake, "nothing was changed")
    return json_answer(_value(path.number, handshake))


@routes.delete(
    f"/api/subscriptions/{NUMBER}",
    summary="End one and cancel what is pending there",
    responses={204: None, **problems(404)},
)
def end_subscription(path: Numbered, query: NothingQuery) -> Response:
    """What was sent stays in the record."""
    del query
    with found("subscription", path.number):
        service().subscribing.end(path.number)
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.post(
    f"/api/subscriptions/{NUMBER}/validate",
    summary="Validate its endpoint now; what passes becomes active",
    responses={200: SubscriptionAnswer, **problems(404, 409, 413, 415)},
)
def validate_subscription(path: Numbered, body: NothingForm) -> Response:
    """So a draft becomes active, and one that was disabled is enabled again."""
    del body
    with found("subscription", path.number):
        handshake = service().subscribing.validate(path.number)
    if not handshake.verdict.is_valid:
        return _refused(handshake, "nothing was changed")
    return json_answer(_value(path.number, handshake))


@routes.post(
    f"/api/subscriptions/{NUMBER}/pause",
    summary="Hold its attempts back",
    responses={200: SubscriptionAnswer, **problems(404, 413, 415)},
)
def pause_subscription(path: Numbered, body: NothingForm) -> Response:
    """Events are accepted for it all the same."""
    del body
    with found("subscription", path.number):
        service().subscribing.pause(path.number, is_paused=True)
    return json_answer(_value(path.number))


@routes.post(
    f"/api/subscriptions/{NUMBER}/resume",
    summary="Let its attempts go on",
    responses={200: SubscriptionAnswer, **problems(404, 413, 415)},
)
def resume_subscription(path: Numbered, body: NothingForm) -> Response:
    """What became due meanwhile is attempted at once."""
    del body
    with found("subscription", path.number):
        service().subscribing.pause(path.number, is_paused=False)
    return json_answer(_value(path.number))


@routes.post(
    f"/api/subscriptions/{NUMBER}/step",
    summary="Make the next attempt of a paused one",
    responses={202: DeliveryAnswer, **problems(404, 409, 413, 415)},
)
def step_subscription(path: Numbered, body: NothingForm) -> Response:
    """The delivery that is due first is attempted now, due or not."""
    del body
    with found("subscription", path.number):
        delivery = service().steering.step(path.number)
    return json_answer(delivery_value(delivery), HTTPStatus.ACCEPTED)


@routes.get(
    f"/api/subscriptions/{NUMBER}/handshakes",
    summary="List its latest handshakes, newest first",
    responses={200: HandshakesAnswer, **problems(404)},
)
def list_handshakes(path: Numbered, query: NothingQuery) -> Response:
    """Those that were asked for, and the revalidations every 72 virtual hours."""
    del query
    with found("subscription", path.number):
        service().directory.view(path.number)
    handshakes = service().store.handshakes(path.number)
    return json_answer({"handshakes": [stored_handshake_value(each) for each in handshakes]})


def _value(number: int, handshake: Handshake | None = None) -> dict[str, Any]:
    with found("subscription", number):
        value = service().subscription_value(service().directory.view(number))
    return value | ({"handshake": handshake_value(handshake)} if handshake else {})


def _refused(handshake: Handshake | None, consequence: str) -> Response:
    assert handshake is not None  # noqa: S101 - what is refused was tried
    detail = f"the endpoint did not pass URL validation: {handshake.verdict.reason}; {consequence}"
    value = handshake_value(handshake)
    return problem(HTTPStatus.CONFLICT, detail, name="handshake-failed", handshake=value)
