"""Every reason why a signature may not verify that the emitter can name, in words.

Only the words are here; `emitter.core.mismatch` finds the reasons. Those that a challenge's answer can
have as well, such as a wrong key, are in `emitter.core.mistakes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.mistakes import Mistake
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

_BYTES = "verify the body's bytes as they came, before anything parses or formats them"
_FORMAT = f"write v0= and the 64 lower-case hexadecimal digits in {SIGNATURE_HEADER}"
_MESSAGE = "sign v0, the timestamp and the body's bytes, joined by colons: v0:1720705455:{…}"
_SECONDS = f"write whole seconds since the epoch, ten digits, in {TIMESTAMP_HEADER} and sign the same text"

MISMATCHES: Final[Mapping[str, Mistake]] = {
    mismatch.id: mismatch
    for mismatch in (
        # The headers.
        Mistake(
            "missing-signature",
            f"the {SIGNATURE_HEADER} header is missing or empty",
            "copy it from the request; if it never arrives, a proxy or gateway drops it",
        ),
        Mistake(
            "missing-timestamp",
            f"the {TIMESTAMP_HEADER} header is missing or empty",
            "copy it from the request; if it never arrives, a proxy or gateway drops it",
        ),
        Mistake("swapped-headers", "signature and timestamp stand in each other's header", "swap them"),
        Mistake("missing-version", "v0= is missing in front of the signature", _FORMAT),
        Mistake("other-version", "something else than v0= stands in front of the signature", _FORMAT),
        Mistake("short-signature", "the signature is only the beginning of the right one", _FORMAT),
        Mistake("malformed-signature", "the signature is no HMAC-SHA256 in any form that was tried", _FORMAT),
        Mistake("malformed-timestamp", "the timestamp is no whole number of seconds", _SECONDS),
        # The time that was signed.
        Mistake("millisecond-timestamp", "the timestamp is in milliseconds", _SECONDS),
        Mistake("event-timestamp", "the body's event_ts was signed, not the timestamp header", _SECONDS),
        Mistake(
            "other-timestamp",
            "another timestamp was signed than the header holds",
            "take both headers from one attempt; a retry has a new timestamp and a new signature",
        ),
        # The text that was signed.
        Mistake("missing-parts", "only a part of the text was signed", _MESSAGE),
        Mistake("other-separators", "the parts of the signed text are joined by something else", _MESSAGE),
        Mistake(
            "object-text",
            "an object's printed form was signed in the place of the body",
            "keep the raw body for the signature; a parsed body is no longer what was sent",
        ),
        Mistake(
            "empty-body",
            "the signature covers an empty body",
            "read the raw body before a parser consumes the stream",
        ),
        # The body that was signed.
        Mistake("white-space", "white space between the body's parts was changed", _BYTES),
        Mistake("key-order", "the order of the body's keys was changed", _BYTES),
        Mistake("escapes", "characters of the body were escaped or unescaped", _BYTES),
        Mistake("slashes", "slashes of the body were escaped or unescaped", _BYTES),
        Mistake(
            "final-line-end",
            "a line end after the body was added or removed",
            "leave the end of the body as it came",
        ),
        Mistake("reserialised", "the body is the same JSON, written anew", _BYTES),
        Mistake("line-ends", "line ends of the body were changed", "copy the body in binary mode"),
        Mistake("byte-order-mark", "a byte order mark was added to the body or removed", _BYTES),
        Mistake(
            "mojibake", "the body was decoded as Latin-1 or Windows-1252", "decode and encode it as UTF-8"
        ),
        Mistake("ascii-body", "characters beyond ASCII were lost before signing", "encode the body as UTF-8"),
        Mistake("normalised", "accents of the body were composed or decomposed", _BYTES),
        Mistake(
            "base64-body",
            "the body is base64 of what was signed",
            "decode it first; some gateways hand bodies over in base64",
        ),
        Mistake(
            "quoted-body", "the body is a JSON string of what was signed", "take the text inside the string"
        ),
        # Neither.
        Mistake(
            "other-secret-or-body",
            "nothing that was tried accounts for the signature",
            "compare the secret token with the app's page, where it may have been regenerated; "
            "make sure that body and headers are of one attempt and that every byte of the body is there",
        ),
    )
}
"""By id, in the order in which they are looked for."""
