"""A receiver of Zoom's webhooks in Django, settings and all in one file."""

from __future__ import annotations

import hmac
import json
import os
import time
from collections import OrderedDict
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

FRESH_S = 300
REMEMBERED = 10_000

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "testserver"],
        DEBUG=False,
        LOGGING_CONFIG=None,
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "no session is kept here"),
        ZOOM_WEBHOOK_SECRET_TOKEN=os.environ.get("ZOOM_WEBHOOK_SECRET_TOKEN", ""),
    )
    django.setup()

events: list[dict[str, Any]] = []
_seen: OrderedDict[str, None] = OrderedDict()


@csrf_exempt  # the signature says where it comes from
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take an event, or answer a challenge."""
    body, key = request.body, settings.ZOOM_WEBHOOK_SECRET_TOKEN.encode()
    if not is_from_zoom(request.headers, body, key=key, now_s=time.time()):
        return HttpResponse("not signed by Zoom\n", status=401)
    event = event_in(body)
    if event is None:
        return HttpResponse("not an event\n", status=400)
    if event["event"] == "endpoint.url_validation":
        token = event["payload"].get("plainToken")
        if not isinstance(token, str):
            return HttpResponse("no plainToken\n", status=400)
        return JsonResponse({"plainToken": token, "encryptedToken": digest(key, token.encode())})
    request_id = request.headers.get("x-zm-request-id", "")
    if request_id not in _seen:  # Zoom sends an event again that it thinks was lost
        _seen[request_id] = None
        if len(_seen) > REMEMBERED:
            _seen.popitem(last=False)
        events.append(event)  # save it here, with the request id unique, and do the work elsewhere
    return HttpResponse(status=204)


def is_from_zoom(headers: Any, body: bytes, *, key: bytes, now_s: float) -> bool:
    """Say whether a request is signed with the key, over these very bytes, in the last five minutes."""
    stamp, given = headers.get("x-zm-request-timestamp", ""), headers.get("x-zm-signature", "")
    right = "v0=" + digest(key, f"v0:{stamp}:".encode() + body)
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return (
        bool(key)
        and hmac.compare_digest(right.encode(), given.encode())
        and is_number
        and abs(now_s - int(stamp)) <= FRESH_S
    )


def digest(key: bytes, content: bytes) -> str:
    """Return HMAC-SHA256 as lower-case hexadecimal digits."""
    return hmac.new(key, content, "sha256").hexdigest()


def event_in(body: bytes) -> dict[str, Any] | None:
    """Return the event that a body holds, or None where it holds none."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_event = isinstance(event, dict) and isinstance(event.get("event"), str)
    return event if is_event and isinstance(event.get("payload"), dict) else None


urlpatterns = [path("webhooks/zoom", webhook)]
application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    port = os.environ.get("PORT", "3000")
    execute_from_command_line(["receiver.py", "runserver", "--noreload", f"127.0.0.1:{port}"])
