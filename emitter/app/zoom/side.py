"""Zoom's side of what a receiver begins: takes a request, returns the answer, records the call."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from flask import Response
from werkzeug.exceptions import HTTPException

from emitter.app.zoom.conversations import Conversations
from emitter.app.zoom.deals import Deals
from emitter.app.zoom.errors import UNRECOGNIZED, OAuthError, ZoomError
from emitter.app.zoom.faults import ApiFaults, limit_headers
from emitter.app.zoom.logs import list_webhook_logs
from emitter.app.zoom.others import answer_other
from emitter.app.zoom.parameters import checked
from emitter.app.zoom.paths import JSON, TOKEN_PATH
from emitter.app.zoom.playlists import list_playlists
from emitter.app.zoom.reading import Ask, Events
from emitter.app.zoom.subscriptions import EventSubscriptions
from emitter.app.zoom.taking import Taken
from emitter.app.zoom.tokens import Tokens
from emitter.catalog.rest import PREFIX, bundled_rest
from emitter.core.api_faults import HEADER
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request

    from emitter.app.subscribing import Subscribing
    from emitter.app.tokens import TokenCheck
    from emitter.app.workshop import Workshop
    from emitter.app.zoom.catching_up import CatchingUp
    from emitter.app.zoom.taking import Calls
    from emitter.catalog.rest import RestDocument, RestOperation

_LOG = logging.getLogger(__name__)
Answer = tuple[int, Any]


class ZoomSide:
    """Answers as Zoom's API does. Thread-safe.

    Args:
        workshop: What the service works with.
        subscribing: Makes and ends subscriptions.
        calls: Records what was asked.
        catching_up: Keeps up with what is sent.
        check: Knows the app's own token, where there is one.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        subscribing: Subscribing,
        calls: Calls,
        catching_up: CatchingUp,
        check: TokenCheck,
    ) -> None:
        self._clock = workshop.clock
        self._more = workshop.settings.rest_documents
        self._calls = calls
        self._events = Events(
            workshop.store,
            catching_up=catching_up,
            answers_any_id=workshop.settings.answers_any_id,
        )
        self._tokens = Tokens(workshop.store, clock=workshop.clock, check=check, scopes=self._scopes)
        self._faults = ApiFaults(workshop.store, workshop.directory, workshop.clock)
        self._handlers = self._bundled_handlers(workshop, subscribing)

    @property
    def documents(self) -> tuple[RestDocument, ...]:
        """The documents whose paths are answered; of two that describe the same one, the first."""
        return (*bundled_rest(), *self._more[::-1])

    def answer(self, request: Request) -> Response:
        """Return the answer to a request; never raises."""
        taken = Taken(request.method, request.environ, self._clock)
        try:
            status, value = self._answered(request, taken)
            headers = limit_headers(taken.rate) if taken.rate else {}
        except ZoomError as error:
            taken.failed(error)
            status, value, headers = error.status, error.value, error.headers
        except HTTPException as error:
            failed = ZoomError(error.code or HTTPStatus.BAD_REQUEST, 300, f"{error.description}")
            taken.failed(failed)
            status, value, headers = failed.status, failed.value, {}
        except Exception as error:  # noqa: BLE001 - a caller gets Zoom's shape whatever happens here
            status, value, headers = self._of_defect(error, taken)
        answer = Response(_body(value), status, headers, content_type=JSON)
        if status == HTTPStatus.NO_CONTENT:
            answer.headers.pop("content-type")
        answer.headers["x-zm-trackingid"] = taken.tracking_id
        self._calls.record(taken, status)
        return answer

    def _answered(self, request: Request, taken: Taken) -> Answer:
        if request.path == TOKEN_PATH:
            self._events.expect()
            return self._token(request, taken)
        self._events.catch_up()
        segments = tuple(unquote_plus(each) for each in request.path.removeprefix(PREFIX)[1:].split("/"))
        operation, values = self._operation(request.method, segments)
        taken.rate = operation.rate
        taken.cause = self._calls.cause(values, taken.at_ms)
        granted = self._tokens.allowed(request.headers.get("Authorization", ""), operation)
        self._spoil(request, taken, operation, values)
        query = checked(operation, request.args.to_dict(flat=False))
        ask = Ask(
            operation=operation,
            path=request.path,
            values=values,
            query=query,
            body=_json(request),
            granted=granted,
            now_ms=taken.at_ms,
        )
        handler = self._handlers.get((operation.method, operation.path))
        if handler is not None:
            return handler(ask)
        return HTTPStatus.OK, answer_other(self._events, ask)

    def _token(self, request: Request, taken: Taken) -> Answer:
        if request.method != "POST":
            raise _wrong_method(request.method, ["POST"])
        taken.cause = self._calls.cause({}, taken.at_ms)
        self._spoil(request, taken, None, {})
        parameters = {**request.args.to_dict(), **request.form.to_dict()}
        if not request.form and request.mimetype == "application/json":
            given = _json(request)
            parameters |= {k: v for k, v in given.items() if isinstance(v, str)} if given else {}
        authorization = request.headers.get("Authorization", "")
        try:
            value = self._tokens.grant(parameters, authorization, api_url=request.host_url.rstrip("/"))
        except OAuthError as error:
            taken.about = parameters.get("grant_type", "")[:100]
            raise error from None
        taken.about = parameters["grant_type"]
        return HTTPStatus.OK, value

    def _spoil(
        self, request: Request, taken: Taken, operation: RestOperation | None, values: dict[str, str]
    ) -> None:
        for fault in self._faults.chosen(request.headers.get(HEADER), taken.cause):
            taken.fault = fault.name
            if not self._faults.commit(fault, operation, values, now_ms=taken.at_ms):
                taken.fault = ""

    def _operation(self, method: str, segments: tuple[str, ...]) -> tuple[RestOperation, dict[str, str]]:
        found = [
            (operation, values)
            for document in self.documents
            for operation in document.operations
            if (values := operation.values(segments)) is not None
        ]
        # A path without a slot wins over one with it: users/me/… over users/{userId}/….
        for operation, values in sorted(found, key=lambda one: len(one[1])):
            if operation.method == method:
                return operation, values
        if found:
            raise _wrong_method(method, sorted({operation.method for operation, _ in found}))
        message = "This API endpoint is not recognized."
        note = "an id with / in it has to be URL-encoded twice; other documents are added with --rest-spec"
        raise ZoomError(HTTPStatus.NOT_FOUND, UNRECOGNIZED, message, note=note)

    def _scopes(self) -> list[str]:
        operations = chain.from_iterable(document.operations for document in self.documents)
        return [*dict.fromkeys(chain.from_iterable(operation.scopes for operation in operations))]

    def _bundled_handlers(
        self, workshop: Workshop, subscribing: Subscribing
    ) -> dict[tuple[str, str], Callable[[Ask], Answer]]:
        conversations, deals = Conversations(self._events), Deals(self._events)
        reads: dict[str, Callable[[Ask], Any]] = {
            "listAllConversations": conversations.listed,
            "getConversationDetail": conversations.shown,
            "getConversationCommentsById": conversations.comments,
            "getConversationContentAnalysisById": conversations.analysis,
            "getConversationInteraction": conversations.interactions,
            "getConversationScorecardsById": conversations.scorecards,
            "getUserPlaylists": lambda ask: list_playlists(self._events, ask),
            "listAllDeals": deals.listed,
            "getDealDetail": deals.shown,
            "getWebhookLogs": lambda ask: list_webhook_logs(workshop, ask),
        }
        subscriptions = EventSubscriptions(workshop, subscribing)
        handlers = {
            **{id_: _read(read) for id_, read in reads.items()},
            "getUserEventSubscriptions": subscriptions.listed,
            "createEventSubscription": subscriptions.created,
            "unSubscribeEventSubscription": subscriptions.left,
            "subscribeEventSubscription": subscriptions.joined,
            "deleteEventSubscription": subscriptions.deleted,
        }
        operations = chain.from_iterable(document.operations for document in bundled_rest())
        return {(each.method, each.path): handlers[each.id] for each in operations}

    def _of_defect(self, error: Exception, taken: Taken) -> tuple[int, Any, dict[str, str]]:
        if isinstance(error, EmitterError):
            status, message = HTTPStatus.SERVICE_UNAVAILABLE, str(error)
        else:
            _LOG.error("a defect of the emitter", exc_info=error)
            status, message = HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error."
        failed = ZoomError(status, status, message)
        taken.failed(failed)
        return status, failed.value, {}


def _read(read: Callable[[Ask], Any]) -> Callable[[Ask], Answer]:
    return lambda ask: (HTTPStatus.OK, read(ask))


def _wrong_method(method: str, allowed: list[str]) -> ZoomError:
    status = HTTPStatus.METHOD_NOT_ALLOWED
    message = f"Request method '{method[:20]}' not supported."
    return ZoomError(status, status, message, headers={"Allow": ", ".join(allowed)})


def _json(request: Request) -> Any:
    raw = request.get_data()
    if not raw or request.method in {"GET", "DELETE"}:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        message = "Request Body should be a valid JSON object."
        raise ZoomError(HTTPStatus.BAD_REQUEST, 300, message) from None


def _body(value: Any) -> bytes:
    if value is None:
        return b""
    # A lone surrogate has no UTF-8 form; backslashreplace writes just the escape that JSON has for it.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
