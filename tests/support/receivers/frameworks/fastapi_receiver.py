"""FastAPI behind uvicorn: checks what is signed with a model, answers JSON, and works after it answered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import time
from typing import Any

import uvicorn
from fastapi import BackgroundTasks, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, ValidationError

SECRET = os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"].encode()
WINDOW_S = 120


class Event(BaseModel):
    event: str
    event_ts: int
    payload: dict[str, Any]


class Challenge(BaseModel):
    plainToken: str  # noqa: N815 - Zoom's name


app = FastAPI()
worked: list[Event] = []


async def work(event: Event) -> None:
    await asyncio.sleep(0)
    worked.append(event)


@app.post("/webhooks/zoom")
async def webhook(
    request: Request,
    background: BackgroundTasks,
    x_zm_signature: str = Header(),
    x_zm_request_timestamp: str = Header(),
) -> dict[str, Any]:
    body = await request.body()
    message = f"v0:{x_zm_request_timestamp}:".encode() + body
    expected = f"v0={hmac.new(SECRET, message, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(expected.encode(), x_zm_signature.encode()):
        raise HTTPException(401, "bad signature")
    try:
        if abs(time.time() - int(x_zm_request_timestamp)) > WINDOW_S:  # noqa: TID251
            raise HTTPException(401, "too old")
        event = Event.model_validate_json(body)
        if event.event == "endpoint.url_validation":
            token = Challenge.model_validate(event.payload).plainToken
            digest = hmac.new(SECRET, token.encode(), hashlib.sha256).hexdigest()
            return {"plainToken": token, "encryptedToken": digest}
    except (ValidationError, ValueError) as error:
        raise HTTPException(422, "no event") from error
    background.add_task(work, event)
    return {"received": True}


class Announcing(uvicorn.Server):
    """Prints its URL when it listens."""

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}/webhooks/zoom", flush=True)


Announcing(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical")).run()
