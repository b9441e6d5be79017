"""Receivers whose refusals tell too much."""

from __future__ import annotations

import base64
from dataclasses import replace

from tests.support.receivers.reference import SECRET_TOKEN, Defect

_NODE = """Error: signature mismatch
    at verify (/srv/app/zoom.js:31:11)
    at Layer.handle [as handle_request] (/srv/app/node_modules/express/lib/router/layer.js:95:5)
"""
_PYTHON = 'Traceback (most recent call last):\n  File "/srv/app.py", line 12, in verify\nPermissionError'
_ENVIRONMENT = "PATH=/usr/bin\nHOME=/srv\nNODE_ENV=development\nDATABASE_URL=postgres://db/app\n"
_DEBUG_PAGE = "<tr><td>PATH</td><td>/bin</td></tr><tr><td>PWD</td><td>/srv</td></tr><tr><td>HOME</td><td>/"


def _refusing_with(text):
    """Return a receiver that says something of its own when it refuses."""

    def respond(asked, right):
        answer = right(asked)
        return replace(answer, body=text(asked)) if answer.status >= 400 else answer

    return respond


def _in_a_header(asked, right):
    answer = right(asked)
    if answer.status < 400:
        return answer
    return replace(answer, headers=(*answer.headers, ("x-debug-key", SECRET_TOKEN.reveal())))


_SEEN = "a refusal that shows what was compared, written while someone looked for a mistake in it"

DEFECTS = (
    Defect(
        name="prints-its-settings",
        codes="L01",
        seen=_SEEN,
        respond=_refusing_with(lambda _: f"refused by secret {SECRET_TOKEN.reveal()}"),
    ),
    Defect(
        name="prints-its-secret-in-base64",
        codes="L01",
        seen=_SEEN,
        respond=_refusing_with(lambda _: base64.b64encode(SECRET_TOKEN.key())),
    ),
    Defect(name="sends-its-secret-in-a-header", codes="L01", seen=_SEEN, respond=_in_a_header),
    Defect(
        name="prints-the-right-signature",
        codes="L02",
        seen=_SEEN,
        respond=_refusing_with(lambda asked: f"expected {asked.right_signature()}, got {asked.signature}"),
    ),
    Defect(
        name="prints-a-trace-of-node",
        codes="L03",
        seen="Express without NODE_ENV=production",
        respond=_refusing_with(lambda _: _NODE),
    ),
    Defect(
        name="prints-a-trace-of-python",
        codes="L03",
        seen="Flask in debug mode",
        respond=_refusing_with(lambda _: _PYTHON),
    ),
    Defect(
        name="prints-the-environment",
        codes="L04",
        seen="a handler that answers with its settings when it fails",
        respond=_refusing_with(lambda _: _ENVIRONMENT),
    ),
    Defect(
        name="shows-a-debug-page",
        codes="L04",
        seen="phpinfo() and debug pages, which print the environment as a table",
        respond=_refusing_with(lambda _: _DEBUG_PAGE),
    ),
)
