"""Receivers that go wrong with challenges: late, by another key, at the edges, and for strangers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

from tests.support.receivers.reference import SECRET_TOKEN, Answer, Defect

_JSON = (("content-type", "application/json"),)


def _on_challenges(answer):
    """Return a receiver that answers what the reference would answer in another way."""

    def respond(asked, right):
        answered = right(asked)
        return answer(asked, answered) if asked.is_challenge and answered.status == 200 else answered

    return respond


def _token(asked):
    payload = asked.value.get("payload")
    return payload.get("plainToken") if isinstance(payload, dict) else None


def _hashed(make):
    def answer(asked, _):
        fields = {"plainToken": _token(asked), "encryptedToken": make(_token(asked).encode())}
        return Answer(200, json.dumps(fields), _JSON)

    return _on_challenges(answer)


def _keyed(key):
    return _hashed(lambda token: hmac.new(key, token, "sha256").hexdigest())


def _unkeyed(token):
    return base64.b64encode(hashlib.sha256(token + SECRET_TOKEN.key()).digest()).decode()


def _once_there_were_events():
    """Return a receiver of which the route for challenges is gone once events have come."""
    events = []

    def respond(asked, right):
        if not asked.is_challenge:
            events.append(asked)
        return Answer(404) if asked.is_challenge and len(events) > 1 else right(asked)

    return respond


def _answers_short_tokens_of_strangers(asked, right):
    is_short = asked.is_challenge and isinstance(_token(asked), str) and len(_token(asked)) <= 43
    return right(asked.signed_anew()) if is_short else right(asked)


def _reads_the_token_first(asked, right):
    if asked.is_challenge and not isinstance(_token(asked), str):
        return Answer(500, "TypeError: Cannot read properties of undefined (reading 'plainToken')")
    return right(asked)


def _hashes_what_is_not_there(asked, right):
    is_empty = asked.is_challenge and asked.is_signed and not isinstance(_token(asked), str)
    return Answer(200, json.dumps({"encryptedToken": "0" * 64}), _JSON) if is_empty else right(asked)


def _fails_without_a_token(asked, right):
    if asked.is_challenge and asked.is_signed and _token(asked) in {None, ""}:
        return Answer(500)
    return right(asked)


DEFECTS = (
    Defect(
        name="answers-challenges-late",
        codes="H01",
        seen="docs/zoom.md#failures: handler longer than 3 s",
        respond=_on_challenges(lambda _, answered: replace(answered, delay_s=1.0)),
        timeout_s=0.3,
    ),
    Defect(
        name="answers-challenges-204",
        codes="H01",
        seen="docs/zoom.md#handshake: a 204 cannot carry the answer",
        respond=_on_challenges(lambda *_: Answer(204)),
    ),
    Defect(
        name="answers-challenges-ok",
        codes="H01",
        seen="zoom-webhook-verification-headers, tokenAuth.js: sendStatus, then json",
        respond=_on_challenges(lambda *_: Answer(200, "OK")),
    ),
    Defect(
        name="hashes-with-the-verification-token",
        codes="H01",
        seen="docs/zoom.md#failures: ha-zoom-automation 64",
        respond=_keyed(b"the-verification-token"),
    ),
    Defect(
        name="hashes-without-a-key",
        codes="H01",
        seen="docs/zoom.md#failures: forum 137029",
        respond=_hashed(_unkeyed),
    ),
    Defect(
        name="hashes-with-the-secret-of-another-setting",
        codes="H01",
        seen="AI-Shipping-Labs/website 1145: challenges and signatures read two settings",
        respond=_keyed(b"the-secret-of-before"),
    ),
    Defect(
        name="forgets-challenges-once-it-has-events",
        codes="H01",
        seen="pennlabs/penn-clubs 843: revalidation fails after 72 hours",
        remembers=_once_there_were_events,
    ),
    Defect(
        name="wants-tokens-of-22-characters",
        codes="H03",
        seen="fleetdm/fleet 29847: a strict input schema",
        respond=_on_challenges(lambda asked, answered: answered if len(_token(asked)) == 22 else Answer(422)),
    ),
    Defect(
        name="answers-challenges-as-html",
        codes="H04",
        seen="Flask: a string returned, so that the type is text/html",
        respond=_on_challenges(
            lambda _, answered: replace(answered, headers=(("content-type", "text/html; charset=utf-8"),))
        ),
    ),
    Defect(
        name="answers-challenges-201",
        codes="H04",
        seen="docs/zoom.md#handshake: only 200 and 204 are documented",
        respond=_on_challenges(lambda _, answered: replace(answered, status=201)),
    ),
    Defect(
        name="hashes-short-tokens-for-strangers",
        codes="H05",
        seen="docs/zoom.md#failures: windmill 9413",
        respond=_answers_short_tokens_of_strangers,
    ),
    Defect(
        name="reads-the-token-before-it-verifies",
        codes="H05 H06",
        seen="hackclub/slash-z 149: payload.object taken for granted",
        respond=_reads_the_token_first,
    ),
    Defect(
        name="fails-without-a-token",
        codes="H06",
        seen="PipedreamHQ/pipedream 2388",
        respond=_fails_without_a_token,
    ),
    Defect(
        name="answers-200-without-a-token",
        codes="H06",
        seen="rivet 0.4.0",
        respond=_hashes_what_is_not_there,
    ),
)
