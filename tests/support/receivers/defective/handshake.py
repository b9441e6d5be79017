"""Receivers that answer challenges wrongly, or to anyone."""

from __future__ import annotations

import base64
import json

from tests.support.receivers.reference import Answer, Defect


def _answering(make):
    """Return a receiver that is right but for what it makes of the right answer to a challenge."""

    def respond(asked, right):
        answer = right(asked)
        if not asked.is_challenge or answer.status != 200:
            return answer
        return Answer(200, json.dumps(make(json.loads(answer.body))), answer.headers)

    return respond


def _in_base64(fields):
    digest = bytes.fromhex(fields["encryptedToken"])
    return {**fields, "encryptedToken": base64.b64encode(digest).decode()}


def _remembering():
    kept: dict[str, Answer] = {}

    def respond(asked, right):
        answer = right(asked)
        if not asked.is_challenge or answer.status != 200:
            return answer
        return kept.setdefault("answer", answer)

    return respond


def _signing_for_anyone(asked, right):
    return right(asked.signed_anew()) if asked.is_challenge else right(asked)


DEFECTS = (
    Defect(
        name="base64-digest",
        codes="H01",
        seen="docs/zoom.md#failures: forum 137029",
        respond=_answering(_in_base64),
    ),
    Defect(
        name="remembers-its-answer",
        codes="H01",
        seen="a challenge answered from a cache",
        remembers=_remembering,
    ),
    Defect(
        name="answers-unsigned-challenges",
        codes="H02",
        seen="docs/zoom.md#failures: windmill 9413",
        respond=_signing_for_anyone,
    ),
)
