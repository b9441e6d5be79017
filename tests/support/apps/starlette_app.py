from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.support.apps.replying import reply


async def webhook(request):
    status, text, content_type = reply(request.headers, await request.body())
    return Response(text, status_code=status, media_type=content_type)


app = Starlette(routes=[Route("/webhooks/zoom", webhook, methods=["POST"])])
