"""Receivers that sign what they wrote again instead of what came."""

from __future__ import annotations

import json

from emitter.core.spellings import in_zoom_form
from tests.support.receivers.reference import Defect


def _signing(rewritten):
    """Return a receiver that verifies the signature over other bytes than came."""

    def respond(asked, right):
        try:
            body = rewritten(asked.body)
        except (ValueError, RecursionError):
            return right(asked)
        return right(asked.signed_if(asked.signature == asked.right_signature(body)))

    return respond


def _compact(body, **options):
    return json.dumps(json.loads(body), separators=(",", ":"), **options).encode("utf-8", "surrogatepass")


def _in_zoom_form(body):
    if (rewritten := in_zoom_form(body)) is None:
        raise ValueError("no JSON")
    return rewritten


DEFECTS = (
    Defect(
        name="signs-what-it-wrote-as-zoom-does",
        codes="B03 S08",
        seen="docs/zoom.md#failures: body parsed and written again",
        respond=_signing(_in_zoom_form),
    ),
    Defect(
        name="signs-json-stringify",
        codes="B01 S08",
        seen="docs/zoom.md#failures: forum 82638, Zoom's own sample",
        respond=_signing(lambda body: _compact(body, ensure_ascii=False)),
    ),
    Defect(
        name="signs-json-dumps",
        codes="B01 B02 S08",
        seen="docs/zoom.md#failures: forum 75583",
        respond=_signing(_compact),
    ),
)
