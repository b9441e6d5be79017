from __future__ import annotations

from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, Request, Response

from tests.support.apps.replying import reply

lifespan_told: list[str] = []
worked_later: list[bytes] = []


@asynccontextmanager
async def lifespan(_app: FastAPI):
    lifespan_told.append("started")
    yield {"verifies": True}
    lifespan_told.append("stopped")


async def work_later(body: bytes) -> None:
    worked_later.append(body)


app = FastAPI(lifespan=lifespan)


@app.post("/webhooks/zoom")
async def webhook(request: Request, background: BackgroundTasks) -> Response:
    assert request.state.verifies
    body = await request.body()
    status, text, content_type = reply(request.headers, body)
    background.add_task(work_later, body)
    return Response(text, status_code=status, media_type=content_type, background=background)
