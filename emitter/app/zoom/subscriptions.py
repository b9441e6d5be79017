"""Event subscriptions by Zoom's API: a receiver's own set-up script makes its subscription here.

They are subscriptions of the app like any other: validated by the same handshake, shown on the same pages.
What Zoom's API calls them, and whom they are for, stands beside. Source: docs/zoom.md#subscriptions.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emitter.app.subscription_forms import SubscriptionForm
from emitter.app.zoom.custom_headers import auth_of, shown_header
from emitter.app.zoom.errors import ZoomError
from emitter.app.zoom.reading import in_page
from emitter.core.outcome import OutcomeKind
from emitter.core.targets import parse_target
from emitter.delivery.store.app_subscriptions import listed
from emitter.delivery.store.zoom_subscriptions import (
    ZoomSubscription,
    add_zoom_subscription,
    change_users,
    zoom_subscriptions_by_number,
)
from emitter.errors import (
    BusyError,
    ForbiddenTargetError,
    InvalidFieldsError,
    SecretTokenError,
    UnknownNameError,
)
from emitter.faking.ids import short_id
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from emitter.app.subscribing import Subscribing
    from emitter.app.workshop import Workshop
    from emitter.app.zoom.reading import Ask
    from emitter.core.handshake import Handshake

    Answer = tuple[int, Any]

_SCOPES: Final = ("user", "account", "master_account")
_INVALID: Final = 1500
_NO_SUCH_EVENT: Final = 1601
_URL_FAILED: Final = 1701
_TOKEN_URL_FAILED: Final = 1702
_MOST_USERS: Final = 10
_MOST_EVENTS: Final = 1000
_LONGEST_NAME: Final = 200


class EventSubscriptions:
    """Makes, lists and ends them. Thread-safe.

    Args:
        workshop: What the service works with.
        subscribing: Makes and ends subscriptions of the app.
    """

    def __init__(self, workshop: Workshop, subscribing: Subscribing) -> None:
        self._store = workshop.store
        self._directory = workshop.directory
        self._catalog = workshop.catalog
        self._rng = workshop.rng
        self._subscribing = subscribing

    def listed(self, ask: Ask) -> Answer:
        """Return a page of subscriptions, those of the app's own pages among them, as ``default``."""
        page, query = ask.page(), ask.query
        made = zoom_subscriptions_by_number(self._store)
        items = []
        for number, _ in listed(self._store):
            view = self._directory.view(number)
            own = made.get(number)
            scope = own.scope if own else "account"
            is_hers = own is None or scope != "user" or query["user_id"] in own.user_ids
            if view.stored is None or not is_hers or query.get("subscription_scope", scope) != scope:
                continue
            subscription = view.stored.subscription
            items.append(
                {
                    "event_subscription_id": own.id if own else _default_id(number),
                    "events": [*subscription.events],
                    "event_subscription_name": subscription.name,
                    "event_webhook_url": parse_target(subscription.url).shown,
                    "subscription_scope": scope,
                    "created_source": "openapi" if own else "default",
                    "subscriber_id": query["user_id"] if scope == "user" else query["account_id"],
                    "custom_header": shown_header(subscription.auth),
                }
            )
        shown, place = in_page(items, page)
        head = {"next_page_token": page.token(place), "page_size": page.size}
        return HTTPStatus.OK, head | {"event_subscriptions": shown}

    def created(self, ask: Ask) -> Answer:
        """Validate an endpoint and subscribe it; return its id.

        Raises:
            ZoomError: It did not pass, or the request does not fit, with Zoom's code.
        """
        form = self._form(ask)
        try:
            number, handshake = self._subscribing.subscribe(form)
        except (ForbiddenTargetError, SecretTokenError) as error:
            raise _failed(form.url, str(error)) from None
        except BusyError as error:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            raise ZoomError(status, status, str(error), headers={"Retry-After": "1"}) from None
        if number is None:
            raise self._not_valid(ask.body, form.url, handshake)
        new = ZoomSubscription(
            id=short_id(self._rng),
            subscription_id=number,
            scope=ask.body["subscription_scope"],
            account_id=ask.body.get("account_id", ""),
            user_ids=_users(ask.body),
        )
        add_zoom_subscription(self._store, new)
        return HTTPStatus.CREATED, {"event_subscription_id": new.id}

    def joined(self, ask: Ask) -> Answer:
        """Add users to those who subscribed."""
        if not isinstance(ask.body, dict) or not isinstance(ask.body.get("account_id"), str):
            raise _invalid("The account id is empty.", "account_id")
        users = _users(ask.body)
        own = self._own(ask.values["eventSubscriptionId"])
        change_users(self._store, own.id, tuple(dict.fromkeys((*own.user_ids, *users))))
        return HTTPStatus.NO_CONTENT, None

    def left(self, ask: Ask) -> Answer:
        """Take users from those who subscribed; with the last one, and where none is named, it ends."""
        own = self._own(ask.query["event_subscription_id"])
        gone = {each for each in ask.query.get("user_ids", "").split(",") if each}
        left = tuple(each for each in own.user_ids if each not in gone)
        if gone and (left or own.scope != "user"):
            change_users(self._store, own.id, left)
        else:
            self._subscribing.end(own.subscription_id)
        return HTTPStatus.NO_CONTENT, None

    def deleted(self, ask: Ask) -> Answer:
        """End one; those of the app's own pages are none of this API's, as Zoom's build flow's."""
        self._subscribing.end(self._own(ask.values["eventSubscriptionId"]).subscription_id)
        return HTTPStatus.NO_CONTENT, None

    def _own(self, id_: str) -> ZoomSubscription:
        there = {number for number, _ in listed(self._store)}
        for own in zoom_subscriptions_by_number(self._store).values():
            if own.id == id_ and own.subscription_id in there:
                return own
        message = f"App event subscription is invalid: {id_}"
        note = "those made on the app's own pages or by /api/subscriptions are changed there"
        raise ZoomError(HTTPStatus.NOT_FOUND, _NO_SUCH_EVENT, message, note=note)

    def _form(self, ask: Ask) -> SubscriptionForm:
        body = ask.body
        if not isinstance(body, dict):
            raise ZoomError(HTTPStatus.BAD_REQUEST, 300, "Request Body should be a valid JSON object.")
        _check_shape(body)
        events, url = body["events"], body["event_webhook_url"]
        auth = auth_of(body.get("custom_header"))
        self._check_events(events)
        value = {"url": url, "name": body.get("event_subscription_name", ""), "events": events, "auth": auth}
        try:
            return SubscriptionForm.read(value)
        except InvalidFieldsError as error:
            pointer, detail = error.errors[0]
            if pointer.startswith("/url"):
                raise _failed(url, detail) from None
            raise _invalid("The input value is invalid.", pointer.strip("/"), detail) from None

    def _check_events(self, events: list[str]) -> None:
        if len(events) > _MOST_EVENTS:
            raise _invalid("The events list is too long.", "events")
        for name in events:
            try:
                self._catalog.find(name)
            except UnknownNameError as error:
                message = f"App event not exists: {name}"
                raise ZoomError(HTTPStatus.NOT_FOUND, _NO_SUCH_EVENT, message, note=str(error)) from None

    def _not_valid(self, body: dict[str, Any], url: str, handshake: Handshake | None) -> ZoomError:
        if handshake and handshake.outcome.kind is OutcomeKind.NO_TOKEN:
            token_url = body["custom_header"]["token_url"]
            message = f"The Oauth token url validate failed: {token_url}."
            return ZoomError(
                HTTPStatus.NOT_FOUND,
                _TOKEN_URL_FAILED,
                message,
                note=handshake.outcome.detail,
                field="token_url",
            )
        return _failed(url, handshake.verdict.reason if handshake else "")


def _check_shape(body: dict[str, Any]) -> None:
    events, url = body.get("events"), body.get("event_webhook_url")
    if not isinstance(events, list) or not events or not all(isinstance(e, str) and e for e in events):
        raise _invalid("The events list is empty.", "events")
    if not isinstance(url, str) or not url:
        raise _invalid("The event webhook url is empty.", "event_webhook_url")
    if body.get("subscription_scope") not in _SCOPES:
        raise _invalid("The subscription scope is invalid.", "subscription_scope")
    for name in ("event_subscription_name", "account_id"):
        if not isinstance(body.get(name, ""), str) or len(body.get(name, "")) > _LONGEST_NAME:
            raise _invalid(f"The {name} is invalid.", name)
    _users(body)


def _users(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the users a body names; one text may name several, with commas, as Zoom's example does."""
    given = body.get("user_ids", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise _invalid("The user ids are invalid.", "user_ids")
    users = dict.fromkeys(user for each in given for user in each.split(",") if user)
    if len(given) > _MOST_USERS or any(not each for each in given):
        raise _invalid(f"At most {_MOST_USERS} user ids are allowed.", "user_ids")
    return tuple(users)


def _default_id(number: int) -> str:
    return short_id(Stream("zoom", "event subscription", number))


def _invalid(message: str, field: str, note: str = "") -> ZoomError:
    return ZoomError(HTTPStatus.BAD_REQUEST, _INVALID, message, note=note or message, field=field)


def _failed(url: str, reason: str) -> ZoomError:
    message = f"The event webhook url validate failed: {url}."
    return ZoomError(HTTPStatus.NOT_FOUND, _URL_FAILED, message, note=reason, field="event_webhook_url")
