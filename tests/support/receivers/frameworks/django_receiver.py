"""Django behind wsgiref's server, which serves one at a time: empty 200 for events, 403 for strangers."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseForbidden, JsonResponse
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

SECRET = os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"].encode()
WINDOW_S = 600

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not a secret",
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    LOGGING_CONFIG=None,
)
django.setup()


def hashed(message: bytes) -> str:
    return hmac.new(SECRET, message, hashlib.sha256).hexdigest()


@csrf_exempt
@require_POST
def webhook(request):
    timestamp = request.headers.get("x-zm-request-timestamp", "")
    message = b":".join([b"v0", timestamp.encode("latin-1", "replace"), request.body])
    if not constant_time_compare(f"v0={hashed(message)}", request.headers.get("x-zm-signature", "")):
        return HttpResponseForbidden("no")
    try:
        if abs(time.time() - int(timestamp)) > WINDOW_S:  # noqa: TID251
            return HttpResponseForbidden("late")
        event = json.loads(request.body)
        if event["event"] == "endpoint.url_validation":
            token = event["payload"]["plainToken"]
            return JsonResponse({"plainToken": token, "encryptedToken": hashed(token.encode())})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return HttpResponseBadRequest("what is this?")
    return HttpResponse()


urlpatterns = [path("webhooks/zoom", webhook)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
print(f"http://127.0.0.1:{server.server_port}/webhooks/zoom", flush=True)
server.serve_forever()
