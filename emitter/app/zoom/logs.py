"""``webhook_logs``: what was sent to an app in the last seven days, as Zoom's log shows it.

Source: docs/zoom.md#webhook-logs.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.errors import ZoomError
from emitter.app.zoom.parameters import moment_ms, time_text
from emitter.core.mentions import USER, mentions_of
from emitter.core.targets import parse_target
from emitter.delivery.store.app_subscriptions import listed
from emitter.delivery.store.webhook_logs import LogFilter, find_log
from emitter.delivery.store.zoom_subscriptions import zoom_subscriptions_by_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.app.workshop import Workshop
    from emitter.app.zoom.reading import Ask
    from emitter.core.deliveries import Attempt
    from emitter.delivery.store import DeliverySummary

_WEEK_MS: Final = 7 * 86_400_000
_NOT_SENT: Final = -1
_NOT_AVAILABLE: Final = "N/A"
_MOST_RETRIES: Final = 3
_NO_APP: Final = 1401
_ORDER, _RANGE, _FUTURE = 1501, 1502, 1504


def list_webhook_logs(workshop: Workshop, ask: Ask) -> dict[str, Any]:
    """Return a page of the log, newest first; raises ZoomError for an app or dates that will not do."""
    numbers = _subscriptions_of(workshop, ask)
    since_ms, until_ms = _range(ask.query, now_ms=ask.now_ms)
    page = ask.page()
    wanted = LogFilter(
        since_ms=since_ms,
        until_ms=until_ms,
        event=ask.query.get("event", ""),
        is_accepted={"1": None, "2": False, "3": True}[ask.query.get("type", "2")],
        retry_number=int(ask.query["retry_num"]) if "retry_num" in ask.query else None,
        subscription_ids=numbers,
    )
    before_id = page.place if isinstance(page.place, int) else None
    found = find_log(workshop.store, wanted, before_id=before_id, limit=page.size + 1)
    place = found[page.size - 1][0] if len(found) > page.size else None
    names = {number: each.id for number, each in zoom_subscriptions_by_number(workshop.store).items()}
    items = [_line(attempt, summary, names) for _, attempt, summary in found[: page.size]]
    return {"next_page_token": page.token(place), "page_size": page.size, "webhook_logs": items}


def _subscriptions_of(workshop: Workshop, ask: Ask) -> tuple[int, ...] | None:
    """Return the subscriptions of an app, by number; None for all of them: the app the token was given to."""
    app_id = ask.values["appId"]
    if app_id == ask.granted.client_id:
        return None
    found = []
    for number, _ in listed(workshop.store):
        stored = workshop.directory.view(number).stored
        if stored and stored.subscription.client_id == app_id:
            found.append(number)
    if not found:
        message = f"APP ID does not exist: {app_id}."
        note = "an app is named by the client id its token was given to, or by clientid of what was sent"
        raise ZoomError(HTTPStatus.NOT_FOUND, _NO_APP, message, note=note)
    return tuple(found)


def _range(query: Mapping[str, str], *, now_ms: int) -> tuple[int, int]:
    since_ms = moment_ms(query["from"]) if "from" in query else now_ms - _WEEK_MS
    until_ms = moment_ms(query["to"]) if "to" in query else now_ms
    if "from" in query and since_ms > now_ms:
        raise _wrong(_FUTURE, "The 'from' date must be before the current date(UTC).")
    if until_ms < since_ms:
        raise _wrong(_ORDER, "The 'to' date must be after the 'from' date.")
    # A time in whole seconds may be up to a second too old.
    if since_ms < now_ms - _WEEK_MS - 1000:
        raise _wrong(_RANGE, "The date range must be within the last seven days.")
    return since_ms, until_ms + 999


def _wrong(code: int, message: str) -> ZoomError:
    return ZoomError(HTTPStatus.NOT_FOUND, code, message)


def _line(attempt: Attempt, summary: DeliverySummary, names: Mapping[int, str]) -> dict[str, Any]:
    delivery, outcome, answer = summary.delivery, attempt.outcome, attempt.answer
    users = [each.value for each in mentions_of(delivery.event, delivery.body) if each.name == USER]
    sent = delivery.body if attempt.sent_body is None else attempt.sent_body
    failed = None if outcome.code is None else abs(int(outcome.code))
    line = {
        "event": delivery.event,
        "status": _NOT_SENT if outcome.status is None else outcome.status,
        "failed_reason_type": failed,
        "user_id": users[0] if users else None,
        "endpoint": parse_target(summary.url).shown,
        "subscription_id": names.get(delivery.subscription_id, str(delivery.subscription_id)),
        "request_headers": json.dumps(dict(attempt.request_headers), ensure_ascii=False),
        "request_body": sent.decode("utf-8", "replace"),
        "response_headers": json.dumps(dict(answer.headers), ensure_ascii=False)
        if answer
        else _NOT_AVAILABLE,
        "response_body": answer.body.decode("utf-8", "replace") if answer else outcome.detail,
        "date_time": time_text(attempt.started_at_ms),
        "trace_id": delivery.identity.tracking_id.rpartition("rid=")[2],
        "request_id": delivery.identity.request_id,
        "retry_num": min(attempt.retry_number, _MOST_RETRIES),
    }
    return {name: value for name, value in line.items() if value is not None}
