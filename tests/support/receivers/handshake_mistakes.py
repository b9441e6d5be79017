"""Receivers that each make one mistake with the challenge, and correct ones: WSGI apps by name.

A name is the id of the one mistake or warning that must be found, or that id, a colon and a variant.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import quote

from tests.support.receivers.challenged import (
    KEY,
    SECRET_TOKEN,
    VERIFICATION_TOKEN,
    Answer,
    answering,
    as_json,
    decoded,
    encrypting,
    hashing,
    hex_of,
    keyed,
    late,
    printed_by_node,
    receiver,
    refusing,
    remembering,
    right,
    saying,
    sha256,
    spelling,
)

_ANOTHER = "qgg8vlvZRS6UYooatFL8Aw"  # the token of Zoom's own documentation, copied with its example

MISTAKEN: dict[str, Any] = {
    "late-answer": late(),
    "redirect": refusing(302, ("location", "https://example.com/log-in?next=secret")),
    "redirect:permanent": refusing(308, ("location", "/zoom/")),
    "not-authorised": refusing(401, ("www-authenticate", "Basic")),
    "not-authorised:forbidden": refusing(403),
    "not-found": refusing(404),
    "method-not-allowed": refusing(405, ("allow", "GET")),
    "refused": refusing(400),
    "refused:schema": refusing(422),
    "refused:rate": refusing(429),
    "server-error": refusing(500),
    "server-error:gateway": refusing(502),
    "no-content": refusing(204),
    "empty-answer": saying(b""),
    "empty-answer:white space": saying(b"\n"),
    "oversized-answer": saying(b"[" + b"0," * 40_000),
    "compressed-answer": receiver(
        lambda _: Answer(
            b"\x1f\x8b\x08\x00", 200, (("content-encoding", "gzip"), ("content-type", "application/json"))
        )
    ),
    "html-answer": saying("<!DOCTYPE html>\n<title>Log in</title>", content_type="text/html"),
    "html-answer:no doctype": saying("\n<HTML><body>It works!</body></HTML>", content_type="text/html"),
    "echoed-request": receiver(lambda challenge: Answer(challenge.body)),
    "bare-token": receiver(lambda challenge: Answer(challenge.token)),
    "bare-token:json": answering(lambda challenge: challenge.token),
    "bare-token:digest": receiver(lambda challenge: Answer(right(challenge)["encryptedToken"])),
    "text-answer": saying("OK"),
    "text-answer:object": saying("[object Object]"),
    "text-answer:latin-1": saying(b'{"plainToken": "\xe9"}', content_type="application/json"),
    "text-answer:not a number": saying('{"plainToken": NaN}', content_type="application/json"),
    "double-encoded": answering(lambda challenge: as_json(right(challenge))),
    "object-literal": receiver(lambda challenge: Answer(str(right(challenge)))),
    "object-literal:node": receiver(lambda challenge: Answer(printed_by_node(right(challenge)))),
    "object-literal:ruby": receiver(lambda challenge: Answer(as_json(right(challenge)).replace(": ", "=>"))),
    "wrapped-answer": answering(lambda challenge: {"data": right(challenge)}),
    "wrapped-answer:lambda": answering(
        lambda challenge: {"statusCode": 200, "body": as_json(right(challenge))}
    ),
    "list-answer": answering(lambda challenge: [right(challenge)]),
    "list-answer:with status": answering(lambda challenge: [right(challenge), 200]),
    "other-answer": answering(lambda _: {"status": "ok"}),
    "other-answer:null": answering(lambda _: None),
    "other-answer:empty list": answering(lambda _: []),
    "snake-case-keys": answering(
        lambda challenge: {
            "plain_token": challenge.token,
            "encrypted_token": right(challenge)["encryptedToken"],
        }
    ),
    "misspelt-keys": answering(
        lambda challenge: {
            "PlainToken": challenge.token,
            "EncryptedToken": right(challenge)["encryptedToken"],
        }
    ),
    "misspelt-keys:one": answering(
        lambda challenge: {
            "plainToken": challenge.token,
            "encrypted-token": right(challenge)["encryptedToken"],
        }
    ),
    "swapped-fields": answering(
        lambda challenge: {
            "plainToken": right(challenge)["encryptedToken"],
            "encryptedToken": challenge.token,
        }
    ),
    "no-plain-token": answering(lambda challenge: {"encryptedToken": right(challenge)["encryptedToken"]}),
    "no-encrypted-token": answering(lambda challenge: {"plainToken": challenge.token}),
    "another-request": answering(
        lambda _: {"plainToken": _ANOTHER, "encryptedToken": hex_of(KEY, _ANOTHER.encode())}
    ),
    "other-plain-token": answering(
        lambda challenge: {**right(challenge), "plainToken": quote(challenge.token + "=")}
    ),
    "other-plain-token:null": answering(lambda challenge: {**right(challenge), "plainToken": None}),
    "another-token": hashing(lambda _: _ANOTHER.encode()),
    "unhashed-token": encrypting(lambda challenge: challenge.token),
    "base64-digest": spelling(lambda digest: base64.b64encode(digest).decode()),
    "base64-digest:for URLs": spelling(lambda digest: base64.urlsafe_b64encode(digest).decode().rstrip("=")),
    "upper-case-digest": spelling(lambda digest: digest.hex().upper()),
    "prefixed-digest": spelling(lambda digest: f"v0={digest.hex()}"),
    "prefixed-digest:algorithm": spelling(lambda digest: f"sha256={digest.hex()}"),
    "prefixed-digest:openssl": spelling(lambda digest: f"SHA2-256(stdin)= {digest.hex()}"),
    "padded-digest": spelling(lambda digest: f"{digest.hex()}\n"),
    "raw-digest": spelling(str),
    "raw-digest:node": spelling(lambda digest: {"type": "Buffer", "data": [*digest]}),
    "twice-encoded-digest": spelling(lambda digest: base64.b64encode(digest.hex().encode()).decode()),
    "empty-secret": keyed(""),
    "unset-secret": keyed("undefined"),
    "unset-secret:None": keyed("None"),
    "unset-secret:name": keyed("ZOOM_WEBHOOK_SECRET_TOKEN"),
    "untrimmed-secret": keyed(f"{SECRET_TOKEN}\n"),
    "untrimmed-secret:space": keyed(f"{SECRET_TOKEN} "),
    "untrimmed-secret:CR LF": keyed(f"{SECRET_TOKEN}\r\n"),
    "quoted-secret": keyed(f'"{SECRET_TOKEN}"'),
    "decoded-secret": keyed(decoded(SECRET_TOKEN)),
    "verification-token": keyed(VERIFICATION_TOKEN),
    "swapped-key": encrypting(lambda challenge: hex_of(challenge.token.encode(), KEY)),
    "plain-sha256": encrypting(lambda challenge: sha256(challenge.token.encode())),
    "plain-sha256:token and secret": encrypting(lambda challenge: sha256(challenge.token.encode() + KEY)),
    "plain-sha256:secret and token": encrypting(lambda challenge: sha256(KEY + challenge.token.encode())),
    "other-hash": encrypting(lambda challenge: hex_of(KEY, challenge.token.encode(), "sha1")),
    "other-hash:sha512": encrypting(lambda challenge: hex_of(KEY, challenge.token.encode(), "sha512")),
    "whole-body": hashing(lambda challenge: challenge.body),
    "signed-message": hashing(
        lambda challenge: f"v0:{challenge.headers['x-zm-request-timestamp']}:".encode() + challenge.body
    ),
    "signed-message:token": hashing(
        lambda challenge: f"v0:{challenge.headers['x-zm-request-timestamp']}:{challenge.token}".encode()
    ),
    "payload-text": hashing(lambda challenge: as_json({"plainToken": challenge.token}).encode()),
    "quoted-token": hashing(lambda challenge: as_json(challenge.token).encode()),
    "padded-token": hashing(lambda challenge: f"{challenge.token}\n".encode()),
    "decoded-token": hashing(lambda challenge: decoded(challenge.token)),
    "not-a-digest": encrypting(lambda _: None),
    "not-a-digest:bcrypt": encrypting(lambda _: "$2b$12$abcdefghijklmnopqrstuv"),
    "other-secret": keyed("the-secret-token-of-another-app"),
}
"""Receivers that Zoom refuses."""

TWICE_MISTAKEN: dict[tuple[str, ...], Any] = {
    ("plain-sha256", "base64-digest"): encrypting(
        lambda challenge: base64.b64encode(hashlib.sha256(challenge.token.encode() + KEY).digest()).decode()
    ),
    ("wrapped-answer", "snake-case-keys", "upper-case-digest"): answering(
        lambda challenge: {
            "data": {
                "plain_token": challenge.token,
                "encrypted_token": right(challenge)["encryptedToken"].upper(),
            }
        }
    ),
    ("untrimmed-secret", "signed-message"): encrypting(
        lambda challenge: hex_of(
            KEY + b"\n", f"v0:{challenge.headers['x-zm-request-timestamp']}:".encode() + challenge.body
        )
    ),
    ("double-encoded", "no-plain-token", "other-secret"): answering(
        lambda challenge: as_json({"encryptedToken": hex_of(b"another", challenge.token.encode())})
    ),
    ("no-plain-token", "empty-secret", "prefixed-digest"): answering(
        lambda challenge: {"encryptedToken": "v0=" + hex_of(b"", challenge.token.encode())}
    ),
    ("upper-case-digest", "other-secret"): encrypting(
        lambda challenge: hex_of(b"another", challenge.token.encode()).upper()
    ),
}
"""Receivers that Zoom refuses, by the ids of all their mistakes in the order in which they are told."""

CORRECT: dict[str, Any] = {
    "plain": answering(right),
    "compact": receiver(lambda challenge: Answer(json.dumps(right(challenge), separators=(",", ":")))),
    "fields the other way round": answering(lambda challenge: dict(reversed(right(challenge).items()))),
    "with a charset": receiver(
        lambda challenge: Answer(
            as_json(right(challenge)), headers=(("Content-Type", "Application/JSON; charset=utf-8"),)
        )
    ),
    "another kind of JSON": receiver(
        lambda challenge: Answer(
            as_json(right(challenge)), headers=(("content-type", "application/vnd.zoom+json"),)
        )
    ),
    "line feed at the end": receiver(lambda challenge: Answer(as_json(right(challenge)) + "\n")),
    "indented": receiver(lambda challenge: Answer("\r\n" + json.dumps(right(challenge), indent="\t"))),
    "escaped": receiver(lambda challenge: Answer(as_json(right(challenge)).replace("a", r"\u0061"))),
}
"""Receivers without a mistake and without a warning."""

TOLERATED: dict[str, Any] = {
    "other-success": receiver(lambda challenge: Answer(as_json(right(challenge)), 201)),
    "content-type": receiver(
        lambda challenge: Answer(as_json(right(challenge)), headers=(("content-type", "text/html"),))
    ),
    "content-type:none": receiver(lambda challenge: Answer(as_json(right(challenge)), headers=())),
    "extra-keys": answering(lambda challenge: {**right(challenge), "status": "ok"}),
    "byte-order-mark": receiver(lambda challenge: Answer("\ufeff" + as_json(right(challenge)))),
    "answered-unsigned": receiver(
        lambda challenge: (
            Answer(as_json(right(challenge)))
            if challenge.is_signed or "x-zm-signature" not in challenge.headers
            else Answer(status=401)
        ),
        verifies=False,
    ),
    "answered-wrong-signature": receiver(
        lambda challenge: (
            Answer(as_json(right(challenge))) if "x-zm-signature" in challenge.headers else Answer(status=401)
        ),
        verifies=False,
    ),
}
"""Receivers that Zoom takes, each with one warning."""


def remembered() -> dict[str, Any]:
    """Return receivers that are valid once; made anew for each test, since they keep the first answer."""
    return {"hash": remembering(whole_answer=False), "whole answer": remembering(whole_answer=True)}


def id_of(name: str) -> str:
    """Return the id in the name of a receiver."""
    return name.partition(":")[0]
