"""Every mistake a receiver can make with a challenge that the emitter can name, in words for its developer.

Only the words are here; `emitter.core.diagnosis` recognises the mistakes. A mistake is refused by Zoom;
a warning is something Zoom probably accepts and that will hurt one day (docs/zoom.md#handshake).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Mistake:
    """One named mistake.

    Attributes:
        id: For programs; lower case with hyphens, never renamed.
        title: What is wrong, as a clause.
        remedy: How to mend it, as an instruction.
        found: What was seen this time; empty where the title says it all. Never holds a secret token.
    """

    id: str
    title: str
    remedy: str
    found: str = ""

    def seen(self, found: str) -> Mistake:
        """Return the mistake with what was seen this time."""
        return replace(self, found=found)


_HEX = "the digest is not lower-case hexadecimal"
_KEY = "wrong key"
_TEXT = "wrong text hashed"
_HMAC = "wrong function"
_HASH_IT_ALONE = "hash payload.plainToken alone, exactly as it came, as UTF-8 text"
_AS_IT_STANDS = "use the secret token exactly as the app's page shows it, as UTF-8 text"
_USE_HMAC = "compute HMAC-SHA256 with the secret token as its key"
_COMPUTE_IT = "set it to the HMAC-SHA256 of plainToken with the secret token as key, in lower-case hex"
_TO_THE_POINT = "answer with the JSON object of plainToken and encryptedToken alone"

MISTAKES: Final[Mapping[str, Mistake]] = {
    mistake.id: mistake
    for mistake in (
        # No answer.
        Mistake("no-connection", "nothing answers at the URL", "start the receiver; check host and port"),
        Mistake(
            "untrusted-certificate",
            "the TLS certificate is not trusted",
            "install the whole chain of a public authority; for a local one give --ca-bundle",
        ),
        Mistake(
            "no-access-token",
            "the OAuth access token could not be fetched",
            "check the token URL, client id and client secret; the challenge carries the bearer token",
        ),
        Mistake(
            "broken-answer",
            "the connection ended before a whole HTTP answer came",
            "look for a crash in the receiver's log, a proxy that hangs up, or http spoken to an https port",
        ),
        Mistake(
            "late-answer",
            "no whole answer came within the deadline",
            "answer the challenge before any other work; move slow work behind the answer",
        ),
        # An answer without the JSON.
        Mistake(
            "redirect",
            "the answer is a redirect, which Zoom does not follow",
            "register the address it leads to; look for http or https, a slash at its end, a log-in page",
        ),
        Mistake(
            "not-authorised",
            "the challenge was turned away as unauthorised",
            "compare the receiver's secret token with the app's, verify the raw body, and let the URL past "
            "log-in and CSRF protection; `zoom-emitter verify` says why a signature does not fit",
        ),
        Mistake(
            "not-found", "nothing is routed at this path", "compare the URL's path with the receiver's routes"
        ),
        Mistake("method-not-allowed", "the route does not take POST", "route POST at this path"),
        Mistake(
            "refused",
            "the challenge was refused",
            "look for a schema or body parser that wants payload.object, which a challenge does not have",
        ),
        Mistake(
            "server-error",
            "the receiver failed on the challenge",
            "read its log; often payload.object is read, which a challenge does not have",
        ),
        Mistake(
            "no-content",
            "204 carries no body, so the answer is missing",
            "answer 200 with the JSON object; 204 is for events",
        ),
        Mistake("empty-answer", "the answer is empty", "send the JSON object as the body of the answer"),
        Mistake("oversized-answer", "the answer is far too long", _TO_THE_POINT),
        Mistake(
            "compressed-answer",
            "the answer is compressed although the request did not offer that",
            "compress only when the request has an accept-encoding header",
        ),
        Mistake(
            "html-answer",
            "the answer is an HTML page",
            "find what answers in the handler's place: a log-in page, a start page, a tunnel's notice",
        ),
        Mistake(
            "echoed-request",
            "the answer is the challenge itself",
            "compute encryptedToken; do not echo the body",
        ),
        Mistake(
            "bare-token",
            "the answer is one token and not the JSON object",
            'answer {"plainToken": …, "encryptedToken": …}',
        ),
        Mistake("text-answer", "the answer is not JSON", _TO_THE_POINT),
        # JSON of another shape.
        Mistake(
            "double-encoded",
            "the answer is JSON inside a JSON string",
            "encode the object once: hand the framework the object, not its JSON text",
        ),
        Mistake(
            "object-literal",
            "the answer is the printed form of an object in the receiver's language, not JSON",
            "encode the object as JSON instead of turning it into text",
        ),
        Mistake(
            "wrapped-answer",
            "the two fields are not at the top of the answer",
            "answer with plainToken and encryptedToken at the top level, without a wrapper",
        ),
        Mistake(
            "list-answer", "the answer is a list", "answer with the object itself, without a list around it"
        ),
        Mistake("other-answer", "the answer has neither plainToken nor encryptedToken", _TO_THE_POINT),
        Mistake("snake-case-keys", "the keys are in snake case", "name them plainToken and encryptedToken"),
        Mistake(
            "misspelt-keys", "the keys are misspelt", "name them plainToken and encryptedToken, to the letter"
        ),
        Mistake(
            "swapped-fields",
            "plainToken and encryptedToken hold each other's value",
            "plainToken is the text that came, encryptedToken the hash of it",
        ),
        Mistake(
            "no-plain-token",
            "plainToken is missing",
            "send payload.plainToken back unchanged beside the hash",
        ),
        Mistake("no-encrypted-token", "encryptedToken is missing", _COMPUTE_IT),
        # Of another request.
        Mistake(
            "another-request",
            "the whole answer belongs to another request's token",
            "compute the answer from each request's own payload.plainToken; do not cache or hard-code it",
        ),
        Mistake("other-plain-token", "plainToken is not the one that was sent", "send it back unchanged"),
        Mistake(
            "another-token",
            "encryptedToken is the hash of another request's token",
            "compute it from each request's own payload.plainToken; do not cache or hard-code it",
        ),
        Mistake("unhashed-token", "encryptedToken is plainToken unchanged", _COMPUTE_IT),
        # Computed in another way: the steps of `emitter.core.digests`.
        Mistake("base64-digest", f"{_HEX} but base64", "ask for hex: hexdigest(), digest('hex'), %x"),
        Mistake("upper-case-digest", f"{_HEX} but upper case", "turn it into lower case"),
        Mistake(
            "prefixed-digest",
            "the digest has something in front of it",
            "send the 64 digits alone; v0= is for signatures",
        ),
        Mistake(
            "padded-digest",
            "the digest has white space around it",
            "strip it; command-line tools add a line end",
        ),
        Mistake(
            "raw-digest", "the digest is a printed byte object", "ask for hex: hexdigest(), digest('hex'), %x"
        ),
        Mistake(
            "twice-encoded-digest", f"{_HEX} but base64 of that", "send the hexadecimal digits themselves"
        ),
        Mistake(
            "empty-secret",
            f"{_KEY}: an empty one",
            "set the secret token where the receiver reads it, and refuse to start without it",
        ),
        Mistake(
            "unset-secret",
            f"{_KEY}: the text of a missing value or of a variable's name",
            "set the secret token where the receiver reads it, and refuse to start without it",
        ),
        Mistake(
            "untrimmed-secret",
            f"{_KEY}: the secret token with white space",
            "strip it when it is read; files and `echo` add a line end",
        ),
        Mistake(
            "quoted-secret",
            f"{_KEY}: the secret token with its quotation marks",
            "remove the quotation marks; not every .env reader does",
        ),
        Mistake("decoded-secret", f"{_KEY}: the secret token decoded from base64", _AS_IT_STANDS),
        Mistake(
            "verification-token",
            f"{_KEY}: the verification token",
            "use the secret token; the verification token is retired",
        ),
        Mistake("swapped-key", f"{_HMAC}: key and message are swapped", _USE_HMAC),
        Mistake("plain-sha256", f"{_HMAC}: SHA-256 without a key", _USE_HMAC),
        Mistake("other-hash", f"{_HMAC}: another hash than SHA-256", _USE_HMAC),
        Mistake("whole-body", f"{_TEXT}: the whole body", _HASH_IT_ALONE),
        Mistake("signed-message", f"{_TEXT}: the text that signatures cover", _HASH_IT_ALONE),
        Mistake("payload-text", f"{_TEXT}: the payload object", _HASH_IT_ALONE),
        Mistake("quoted-token", f"{_TEXT}: plainToken with its quotation marks", _HASH_IT_ALONE),
        Mistake(
            "padded-token",
            f"{_TEXT}: plainToken and a line end",
            "hash plainToken alone: printf '%s', not echo",
        ),
        Mistake("decoded-token", f"{_TEXT}: plainToken decoded from base64", _HASH_IT_ALONE),
        Mistake("not-a-digest", "encryptedToken is no HMAC-SHA256 in any form that was tried", _COMPUTE_IT),
        Mistake(
            "other-secret",
            "encryptedToken has the right form and another value",
            "most likely the receiver's secret token is not this one: another app's, or from before it was "
            "regenerated; compare the two",
        ),
    )
}
"""By id, in the order in which they are looked for."""

WARNINGS: Final[Mapping[str, Mistake]] = {
    warning.id: warning
    for warning in (
        Mistake("other-success", "the status is a success but not 200", "answer 200, the one Zoom documents"),
        Mistake("content-type", "the content type is not JSON", "send content-type: application/json"),
        Mistake("extra-keys", "the answer has more than the two keys", _TO_THE_POINT),
        Mistake("byte-order-mark", "the answer begins with a byte order mark", "send UTF-8 without it"),
        Mistake(
            "answered-unsigned",
            "a challenge without a signature was answered",
            "verify the signature first; else anyone can have v0:time:body hashed, and so forge an event",
        ),
        Mistake(
            "answered-wrong-signature",
            "a challenge with a wrong signature was answered",
            "verify the signature first; else anyone can have v0:time:body hashed, and so forge an event",
        ),
        Mistake(
            "remembered-answer",
            "a second challenge got the first one's hash",
            "compute it for each request: Zoom asks again every 72 hours, with another token",
        ),
    )
}
"""By id: what Zoom is not known to refuse (UNSURE, docs/zoom.md#handshake)."""
