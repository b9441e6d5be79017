"""A body changed as a whole on its way from the signer to the one who verifies, changed back."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from emitter.core.digests import Choice
from emitter.core.mismatches import MISMATCHES

if TYPE_CHECKING:
    from collections.abc import Iterator

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_EVENT_TS: Final = re.compile(rb'"event_ts"\s*:\s*([0-9]{13})\b')


def event_timestamp(body: bytes) -> str | None:
    """Return the 13 digits of a body's ``event_ts``, milliseconds since the epoch, or None."""
    match = _EVENT_TS.search(body)
    return match[1].decode() if match else None


def changed_bodies(body: bytes) -> Iterator[Choice]:
    """Yield what may have been signed in the place of a body, each with the mistake that made the difference.

    The body's JSON in another spelling is not among it: that is `emitter.core.spellings`.
    """
    for id_, found, changed in _changes(body):
        if changed != body:
            yield Choice(changed, (MISMATCHES[id_].seen(found),))


def _changes(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    bare = body.rstrip(b"\r\n")
    yield "final-line-end", "signed: no line end", bare
    yield "final-line-end", "signed: a line feed", bare + b"\n"
    yield "final-line-end", "signed: CR LF", bare + b"\r\n"
    yield "line-ends", "signed: line feeds", body.replace(b"\r\n", b"\n")
    yield "line-ends", "signed: CR LF", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "byte-order-mark", "signed without it", body.removeprefix(_BYTE_ORDER_MARK)
    yield "byte-order-mark", "signed with it", _BYTE_ORDER_MARK + body
    yield from _transcoded(body)
    yield from _packed(body)


def _transcoded(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return
    for encoding in ("latin-1", "cp1252"):
        with contextlib.suppress(UnicodeEncodeError):
            yield "mojibake", "this body is UTF-8 twice over", text.encode(encoding)
        yield "mojibake", "signed: UTF-8 twice over", body.decode(encoding, "replace").encode()
    yield "ascii-body", "signed with question marks", text.encode("ascii", "replace")
    yield "ascii-body", "signed without them", text.encode("ascii", "ignore")
    yield "normalised", "signed: composed", unicodedata.normalize("NFC", text).encode()
    yield "normalised", "signed: decomposed", unicodedata.normalize("NFD", text).encode()


def _packed(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    with contextlib.suppress(binascii.Error):
        yield "base64-body", "", base64.b64decode(body.strip(), validate=True)
    inner: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        inner = json.loads(body)
    if isinstance(inner, str):
        yield "quoted-body", "", inner.encode("utf-8", "replace")
