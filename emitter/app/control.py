"""The JSON API: subscriptions, events, deliveries and their attempts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, current_app, request

from emitter._version import __version__
from emitter.app.fields import read_as
from emitter.app.inputs import MAX_ID, DeliveryQuery, EventRequest, SubscriptionRequest, json_of, query_of
from emitter.app.problems import PROBLEM_TYPES, json_answer, problem
from emitter.app.values import (
    delivery_value,
    subscription_value,
    summary_value,
)
from emitter.core.attempt_forms import attempt_value, body_value
from emitter.core.handshake_forms import handshake_value
from emitter.errors import InvalidSettingError, SecretTokenError, UnknownNameError

if TYPE_CHECKING:
    from emitter.app.service import Service
    from emitter.core.deliveries import Delivery
    from emitter.delivery.store import DeliverySummary

EXTENSION: Final = "zoom_emitter"
ROUTES: Final = {
    "POST /api/subscriptions": "subscribe an endpoint; it must pass URL validation first",
    "GET /api/subscriptions": "list the subscriptions",
    "GET /api/subscriptions/<id>": "show one",
    "DELETE /api/subscriptions/<id>": "end one and give up what is pending there",
    "POST /api/events": "send an event to every subscription that wants it",
    "GET /api/events": "list the events there are",
    "GET /api/deliveries": "list deliveries, newest first; "
    "?event= &outcome= &state= &subscription= &since= &until= &limit= &before=",
    "GET /api/deliveries/<id>": "show one with both sides of every attempt",
    "GET /api/deliveries/<id>/attempts": "show its attempts alone",
    "GET /healthz": "say whether all is well",
}
_NUMBER: Final = f"<int(max={MAX_ID}):number>"
control = Blueprint("control", __name__)


@control.get("/")
def index() -> Response:
    """Say what there is."""
    paths = [route.removeprefix("GET ") for route in ROUTES if route.startswith("GET ") and "<" not in route]
    links = [request.host_url.rstrip("/") + path for path in paths]
    return json_answer({"zoom-emitter": __version__, "routes": ROUTES, "links": links})


@control.get("/healthz")
def health() -> Response:
    """Say whether the record can be read and the workers are at work."""
    service = _service()
    service.subscription_ids()
    if not service.is_working():
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "a worker has ended; restart the app, nothing is lost")
    return json_answer({"status": "ok"})


@control.get("/problems/<name>")
def problem_type(name: str) -> Response:
    """Say what a type of problem means."""
    if name not in PROBLEM_TYPES:
        abort(HTTPStatus.NOT_FOUND)
    return json_answer({"type": f"/problems/{name}", "title": PROBLEM_TYPES[name]})


@control.post("/api/subscriptions")
def subscribe() -> Response:
    """Subscribe an endpoint once it has passed the handshake."""
    service = _service()
    stored, handshake = service.subscribe(read_as(SubscriptionRequest, json_of(request)))
    if stored is None:
        detail = (
            f"the endpoint did not pass URL validation: {handshake.verdict.reason}; nothing was subscribed"
        )
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            detail,
            name="handshake-failed",
            handshake=handshake_value(handshake),
        )
    value = subscription_value(stored) | {"handshake": handshake_value(handshake)}
    answer = json_answer(value, HTTPStatus.CREATED)
    answer.headers["Location"] = f"/api/subscriptions/{stored.id}"
    return answer


@control.get("/api/subscriptions")
def list_subscriptions() -> Response:
    """List the subscriptions, oldest first."""
    return json_answer(
        {"subscriptions": [_subscription_value(number) for number in _service().subscription_ids()]}
    )


@control.get(f"/api/subscriptions/{_NUMBER}")
def show_subscription(number: int) -> Response:
    """Show one subscription."""
    if number not in _service().subscription_ids():
        abort(HTTPStatus.NOT_FOUND, f"there is no subscription {number}; GET /api/subscriptions lists them")
    return json_answer(_subscription_value(number))


@control.delete(f"/api/subscriptions/{_NUMBER}")
def end_subscription(number: int) -> Response:
    """End one subscription."""
    try:
        _service().unsubscribe(number)
    except UnknownNameError as error:
        abort(HTTPStatus.NOT_FOUND, str(error))
    return Response(status=HTTPStatus.NO_CONTENT)


@control.post("/api/events")
def emit() -> Response:
    """Accept an event; its deliveries go out in the background."""
    seed, deliveries = _service().emit(read_as(EventRequest, json_of(request)))
    value = {"seed": seed, "deliveries": [delivery_value(delivery) for delivery in deliveries]}
    return json_answer(value, HTTPStatus.ACCEPTED)


@control.get("/api/events")
def list_events() -> Response:
    """List the events of the catalog."""
    events = [{"name": event.name, "title": event.title} for event in _service().catalog]
    return json_answer({"events": events})


@control.get("/api/deliveries")
def list_deliveries() -> Response:
    """List deliveries, newest first, a page at a time."""
    query = read_as(DeliveryQuery, query_of(request))
    page = _service().store.find_deliveries(query.wanted(), limit=query.limit + 1, before_id=query.before)
    has_more = len(page) > query.limit
    page = page[: query.limit]
    next_page = _next_page(page[-1].delivery.id) if has_more else None
    return json_answer({"deliveries": [summary_value(each) for each in page], "next": next_page})


@control.get(f"/api/deliveries/{_NUMBER}")
def show_delivery(number: int) -> Response:
    """Show one delivery with both sides of every attempt."""
    summary = _summary(number)
    value = summary_value(summary) | body_value(summary.delivery.body)
    return json_answer(value | {"attempts": _attempt_values(summary.delivery)})


@control.get(f"/api/deliveries/{_NUMBER}/attempts")
def list_attempts(number: int) -> Response:
    """Show the attempts of one delivery."""
    return json_answer({"attempts": _attempt_values(_summary(number).delivery)})


def add_control(app: Flask, service: Service) -> None:
    """Give the app its routes, and the service they act on."""
    app.extensions[EXTENSION] = service
    app.register_blueprint(control)


def _service() -> Service:
    service: Service = current_app.extensions[EXTENSION]
    return service


def _subscription_value(subscription_id: int) -> dict[str, Any]:
    """Return a subscription; of one whose secrets cannot be opened, only why."""
    service = _service()
    try:
        stored = service.store.get_subscription(subscription_id)
    except (SecretTokenError, InvalidSettingError) as error:
        return {"id": subscription_id, "stuck": str(error)}
    return subscription_value(stored) | {"stuck": service.why_stuck(subscription_id)}


def _summary(delivery_id: int) -> DeliverySummary:
    try:
        return _service().store.summary(delivery_id)
    except UnknownNameError:
        abort(HTTPStatus.NOT_FOUND, f"there is no delivery {delivery_id}; GET /api/deliveries lists them")


def _attempt_values(delivery: Delivery) -> list[dict[str, Any]]:
    return [attempt_value(delivery, attempt) for attempt in _service().store.attempts(delivery.id)]


def _next_page(last_id: int) -> str:
    return f"{request.path}?{urlencode(request.args.to_dict() | {'before': last_id})}"
