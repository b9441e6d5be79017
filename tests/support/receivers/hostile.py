"""Receivers that say what no report may repeat, or what would act where a report shows it."""

from __future__ import annotations

import base64
import json

from tests.support.receivers.reference import SECRET_TOKEN, Answer, right

SECRET = SECRET_TOKEN.reveal()
PASSWORD = "pass-word:with-colon"
QUERY_TOKEN = "token-of-the-query"
MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></pre></details>`````\n```\n"
    "::error::injected\n%0A::add-mask::x ]]> \x00\x1b[31m \ud7ff\ufffe | a | ![x](http://x.invalid/) @someone"
)


def echoing(asked):
    """Fail on unsigned requests, saying all it knows: every secret, in many spellings."""
    if asked.is_signed:
        return right(asked)
    expected = asked.right_signature()
    said = [
        SECRET,
        base64.b64encode(SECRET.encode()).decode(),
        expected,
        expected.removeprefix("v0=").upper(),
        base64.b64encode(bytes.fromhex(expected.removeprefix("v0="))).decode(),
        json.dumps(asked.headers),
        "x" * 100 + SECRET,  # where a text is cut
    ]
    return Answer(500, "\n".join(said), headers=(("x-secret", SECRET), ("x-expected", expected)))


def speaking(words):
    """Return a receiver that fails on emoji, takes forgeries, and says these words in each answer."""

    def respond(asked):
        answer = right(asked)
        status = {204: 200, 401: 200}.get(answer.status, answer.status)
        if asked.is_challenge:
            return answer
        is_odd = b"\\uD83D" in asked.body or asked.event.endswith("delete")
        return Answer(500 if is_odd else status, words.encode("utf-8", "surrogatepass"))

    return respond
