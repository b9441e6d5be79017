"""Receivers that sign texts they changed a little."""

from __future__ import annotations

import json
import unicodedata

from emitter.core.spellings import in_zoom_form
from emitter.core.wire import encode
from tests.support.receivers.reference import Defect


def _signing(rewritten):
    def respond(asked, right):
        try:
            body = rewritten(asked.body)
        except (ValueError, RecursionError):
            return right(asked)
        return right(asked.signed_if(asked.signature == asked.right_signature(body)))

    return respond


def _with_escaped_slashes(body):
    if (rewritten := in_zoom_form(body)) is None:
        raise ValueError("no JSON")
    return rewritten.replace(b"/", rb"\/")


def _trimmed(value):
    if isinstance(value, dict):
        return {key: _trimmed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_trimmed(item) for item in value]
    return value.strip() if isinstance(value, str) else value


DEFECTS = (
    Defect(
        name="signs-escaped-slashes",
        codes="B04 S08",
        seen="docs/zoom.md#failures: forum 75583, json_encode($request->all())",
        respond=_signing(_with_escaped_slashes),
    ),
    Defect(
        name="signs-trimmed-texts",
        codes="B04 S08",
        seen="docs/zoom.md#failures: forum 75583; the framework trims all input",
        respond=_signing(lambda body: encode(_trimmed(json.loads(body)))),
    ),
    Defect(
        name="signs-ascii",
        codes="B02",
        seen="docs/zoom.md#failures: Jericho/ZoomNet 349, Encoding.ASCII",
        respond=_signing(lambda body: body.decode("utf-8").encode("ascii", "replace")),
    ),
    Defect(
        name="normalises-accents",
        codes="B05",
        seen="docs/zoom.md#failures: body rewritten before verifying",
        respond=_signing(lambda body: unicodedata.normalize("NFC", body.decode()).encode()),
    ),
)
