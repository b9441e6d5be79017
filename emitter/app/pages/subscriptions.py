"""Subscriptions: made, looked at, edited, validated, paused, stepped, ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, make_response, redirect, render_template, request

from emitter.app.api.routing import NUMBER, found
from emitter.app.pages.home import show_home
from emitter.app.pages.showing import REFUSALS, service, tone_of
from emitter.app.pages.subscribing import SubscriptionDraft, as_typed, edit, subscribe
from emitter.core.handshake_forms import handshake_value
from emitter.delivery.store import DeliveryFilter
from emitter.delivery.store.listing import list_deliveries
from emitter.delivery.store.notices import find_notices

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

routes = Blueprint("subscription_pages", __name__)
_LATEST: int = 20


@routes.post("/subscriptions")
def add() -> AnyResponse:
    """Subscribe an endpoint; the form comes back where it does not pass."""
    draft = subscribe(service(), request.form)
    if draft.number is None:
        return show_home(subscribing=draft, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(
        "/" if "is_draft" not in request.form else f"/subscriptions/{draft.number}", HTTPStatus.SEE_OTHER
    )


@routes.get(f"/subscriptions/{NUMBER}")
def show(number: int) -> Response:
    """Show one: where it stands, its handshakes, what was sent to it, and what one can do."""
    return _page(number)


@routes.post(f"/subscriptions/{NUMBER}/edit")
def change(number: int) -> AnyResponse:
    """Change what the form has changed."""
    draft = edit(service(), number, request.form, as_typed(_value(number)))
    if draft.is_refused:
        return _page(number, draft=draft, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _back(number)


@routes.post(f"/subscriptions/{NUMBER}/validate")
def validate(number: int) -> AnyResponse:
    """Perform the handshake now."""
    try:
        with found("subscription", number):
            handshake = service().subscribing.validate(number)
    except REFUSALS as error:
        return _page(number, error=str(error), status=HTTPStatus.CONFLICT)
    if not handshake.verdict.is_valid:
        return _page(number, handshake=handshake_value(handshake), status=HTTPStatus.CONFLICT)
    return _back(number)


@routes.post(f"/subscriptions/{NUMBER}/pause")
def pause(number: int) -> AnyResponse:
    """Hold its attempts back."""
    return _paused(number, is_paused=True)


@routes.post(f"/subscriptions/{NUMBER}/resume")
def resume(number: int) -> AnyResponse:
    """Let its attempts go on."""
    return _paused(number, is_paused=False)


@routes.post(f"/subscriptions/{NUMBER}/step")
def step(number: int) -> AnyResponse:
    """Make the next attempt of a paused one."""
    try:
        with found("subscription", number):
            delivery = service().steering.step(number)
    except REFUSALS as error:
        return _page(number, error=str(error), status=HTTPStatus.CONFLICT)
    return redirect(f"/deliveries/{delivery.id}", HTTPStatus.SEE_OTHER)


@routes.post(f"/subscriptions/{NUMBER}/end")
def end(number: int) -> AnyResponse:
    """End it, and cancel what is pending there."""
    with found("subscription", number):
        service().subscribing.end(number)
    return redirect("/", HTTPStatus.SEE_OTHER)


def _paused(number: int, *, is_paused: bool) -> AnyResponse:
    with found("subscription", number):
        service().subscribing.pause(number, is_paused=is_paused)
    return _back(number)


def _back(number: int) -> AnyResponse:
    return redirect(f"/subscriptions/{number}", HTTPStatus.SEE_OTHER)


def _value(number: int) -> dict[str, Any]:
    with found("subscription", number):
        return service().subscription_value(service().directory.view(number))


def _page(
    number: int,
    *,
    draft: SubscriptionDraft | None = None,
    error: str = "",
    handshake: dict[str, Any] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    value = _value(number)
    store = service().store
    page = render_template(
        "subscription.html",
        subscription=value,
        draft=draft or SubscriptionDraft(values=as_typed(value)),
        error=error,
        handshake=handshake,
        handshakes=store.handshakes(number)[:_LATEST],
        notices=find_notices(store, subscription_id=number, limit=_LATEST),
        latest=list_deliveries(store, DeliveryFilter(subscription_id=number), limit=_LATEST),
        tone_of=tone_of,
    )
    return make_response(page, status)
