"""Receivers that compute the signature, or read its time, in a wrong way and refuse all that is right.

Each is a `Miscomputation`: `says` is what the judge must tell of it.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass

from emitter.core.digests import keyed
from emitter.core.secrets import Secret
from emitter.core.subscription import LegacyTokenAuth
from tests.support.receivers.reference import SECRET_TOKEN, Defect

_SECRET = SECRET_TOKEN.reveal()
_RETIRED = Secret("the-verification-token")


@dataclass(frozen=True, kw_only=True)
class Miscomputation(Defect):
    codes: str = "P04"
    says: str


def _taking(is_right):
    """Return a receiver that takes what it computes itself, which is never what Zoom sends."""

    def respond(asked, right):
        try:
            return right(asked.signed_if(is_right(asked)))
        except (ValueError, RecursionError):
            return right(asked.signed_if(False))

    return respond


def _keyed(key):
    return _taking(lambda asked: asked.signature == _signature(_message(asked), key=key))


def _over(message):
    return _taking(lambda asked: asked.signature == _signature(message(asked)))


def _over_body(rewritten):
    return _over(lambda asked: _message(asked, rewritten(asked.body)))


def _message(asked, body=None):
    return f"v0:{asked.timestamp}:".encode() + (asked.body if body is None else body)


def _signature(message, *, key=_SECRET):
    return f"v0={keyed()(key.encode(), message).hex()}"


def _reading_milliseconds(asked, right):
    timestamp = int(asked.timestamp) if asked.timestamp.isdecimal() else 0
    is_fresh = abs(time.time() * 1000 - timestamp) < 300_000  # noqa: TID251
    return right(asked.signed_anew() if asked.is_signed and is_fresh else asked.signed_if(False))


def _as_php(body):
    return json.dumps(json.loads(body), separators=(",", ":")).replace("/", r"\/").encode()


DEFECTS = (
    Miscomputation(
        name="key-with-a-line-feed",
        seen="docs/zoom.md#failures: a secret read from a file with its line end",
        respond=_keyed(f"{_SECRET}\n"),
        says="the secret token with white space (a line feed at its end)",
    ),
    Miscomputation(
        name="key-empty",
        seen="docs/zoom.md#failures: mattermost-plugin-zoom 483",
        respond=_keyed(""),
        says="wrong key: an empty one",
    ),
    Miscomputation(
        name="key-undefined",
        seen="Uni-Event 111: a variable that is not set",
        respond=_keyed("undefined"),
        says="a missing value or of a variable's name (undefined)",
    ),
    Miscomputation(
        name="key-is-the-verification-token",
        seen="docs/zoom.md#failures: ha-zoom-automation 64",
        respond=_keyed(_RETIRED.reveal()),
        auth=LegacyTokenAuth(_RETIRED),
        says="wrong key: the verification token",
    ),
    Miscomputation(
        name="compares-bare-digits",
        seen="docs/zoom.md#failures: webhooks.fyi",
        respond=_taking(lambda asked: f"v0={asked.signature}" == asked.right_signature()),
        says="compared with the digits alone, without v0=",
    ),
    Miscomputation(
        name="compares-base64",
        seen="docs/zoom.md#failures: forum 137029, base64 in the place of hex",
        respond=_taking(
            lambda asked: (
                asked.signature
                == "v0=" + base64.b64encode(bytes.fromhex(asked.right_signature()[3:])).decode()
            )
        ),
        says="the digest is written in base64",
    ),
    Miscomputation(
        name="reads-the-timestamp-as-milliseconds",
        seen="docs/zoom.md#failures: 2026 capture, everything is 56 years old",
        respond=_reading_milliseconds,
        says="the timestamp is read as milliseconds",
    ),
    Miscomputation(
        name="signs-the-body-alone",
        seen="a receiver written for senders that sign the body alone",
        respond=_over(lambda asked: asked.body),
        says="only a part of the text was signed (the body alone)",
    ),
    Miscomputation(
        name="signs-event-ts",
        seen="NangoHQ/nango 7484: event_ts taken for the time of the request",
        respond=_over(lambda asked: f"v0:{asked.value['event_ts']}:".encode() + asked.body),
        says="the body's event_ts was signed",
    ),
    Miscomputation(
        name="signs-nothing-of-the-body",
        seen="adcontextprotocol/adcp 767: a parser consumed the raw body",
        respond=_over_body(lambda _: b""),
        says="the signature covers an empty body",
    ),
    Miscomputation(
        name="signs-an-object-as-text",
        seen="adcontextprotocol/adcp 771: the parsed body put into a template",
        respond=_over_body(lambda _: b"[object Object]"),
        says="an object's printed form was signed",
    ),
    Miscomputation(
        name="signs-json-dumps-with-spaces",
        seen="docs/zoom.md#failures: forum 75583, in Python",
        respond=_over_body(lambda body: json.dumps(json.loads(body)).encode()),
        says="a space after each colon and comma, all but ASCII escaped in lower case, as Python and PHP do",
    ),
    Miscomputation(
        name="signs-sorted-keys",
        seen="docs/zoom.md#failures: forum 74755, key order lost through a map",
        respond=_over_body(
            lambda body: json.dumps(
                json.loads(body), separators=(",", ":"), sort_keys=True, ensure_ascii=False
            ).encode()
        ),
        says="sorted at every level, every character raw",
    ),
)
NOT_ALWAYS = (
    (
        lambda body: json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode(),
        "every character raw, as JavaScript does",
    ),
    (_as_php, r"all but ASCII escaped in lower case, as Python and PHP do, / written as \/"),
    (
        lambda body: json.dumps(json.loads(body), separators=(",", ":")).encode(),
        "(all but ASCII escaped in lower case, as Python and PHP do)",
    ),
    (lambda body: body.decode().encode("ascii", "replace"), "characters beyond ASCII were lost"),
)
"""What receivers that take plain events sign in the place of the body, and what is told of them."""
over_body = _over_body
