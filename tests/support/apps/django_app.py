from __future__ import annotations

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tests.support.apps.replying import reply

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, SECRET_KEY="not a secret")

import django

django.setup()


@csrf_exempt
def webhook(request):
    status, text, content_type = reply(request.headers, request.body)
    return HttpResponse(text, status=status, content_type=content_type)


urlpatterns = [path("webhooks/zoom", webhook)]
application = WSGIHandler()
asgi_application = ASGIHandler()
