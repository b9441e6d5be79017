"""Apps without a framework: right ones, and ones that do what a server has to bear."""

from __future__ import annotations

import asyncio
import json
import threading

from tests.support.apps.replying import reply


def wsgi_app(environ, start_response):
    headers = {
        name.removeprefix("HTTP_").replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    status, text, content_type = reply(headers, body)
    start_response(f"{status} Status", [("content-type", content_type)])
    return [text.encode()]


async def asgi_app(scope, receive, send):
    assert scope["type"] == "http", "no lifespan here"
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    message = await receive()
    status, text, content_type = reply(headers, message["body"])
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", content_type.encode())],
        }
    )
    await send({"type": "http.response.body", "body": text.encode()})


def wsgi_crashes(environ, start_response):
    raise KeyError("operator")


async def asgi_crashes(scope, receive, send):
    raise KeyError("operator")


def wsgi_hangs(environ, start_response):
    threading.Event().wait(1)


async def asgi_hangs(scope, receive, send):
    assert scope["type"] == "http", "no lifespan here"
    await asyncio.Event().wait()


async def asgi_blocks(scope, receive, send):
    assert scope["type"] == "http", "no lifespan here"
    threading.Event().wait(1)


async def asgi_says_nothing(scope, receive, send):
    return


def wsgi_breaks_off(environ, start_response):
    start_response("200 OK", [])
    yield b"a"
    raise ValueError("halfway")


async def asgi_breaks_off(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    raise ValueError("halfway")


async def asgi_works_later(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    await asyncio.sleep(30)


async def asgi_cannot_start(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database at db:5432"})


def wsgi_sees(environ, start_response):
    seen = {
        key: environ[key]
        for key in (
            "PATH_INFO",
            "QUERY_STRING",
            "HTTP_X_TWICE",
            "CONTENT_LENGTH",
            "CONTENT_TYPE",
            "HTTP_HOST",
        )
    }
    start_response("200 OK", [])
    return [json.dumps(seen).encode()]


async def asgi_sees(scope, receive, send):
    headers = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
    seen = {
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode(),
        "query_string": scope["query_string"].decode(),
        "headers": headers,
    }
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})


not_an_app = 7
