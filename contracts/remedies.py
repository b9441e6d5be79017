"""How to mend a receiver: in words, and in a few lines of the language it seems to be written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from contracts.languages import Language

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do.

    Attributes:
        words: One or two sentences that hold for every language.
        code: At most three lines each, by language.
    """

    words: str
    code: Mapping[Language, str] = field(default_factory=dict)

    def text(self, language: Language | None) -> str:
        """Return the words, and the lines of code where there are some for the language."""
        lines = self.code.get(language) if language else None
        return f"{self.words}\n{lines}" if lines else self.words


VERIFY_FIRST: Final = Remedy(
    "Before anything else, compute HMAC-SHA256 over v0:TIMESTAMP:BODY with the raw bytes of the body, "
    "compare it with x-zm-signature in constant time, and answer 401 where it differs or is missing.",
    {
        Language.EXPRESS: (
            "app.use(express.raw({ type: '*/*' }))\n"
            "const right = 'v0=' + crypto.createHmac('sha256', secret)"
            ".update(`v0:${timestamp}:`).update(req.body).digest('hex')\n"
            "if (right.length !== given.length || !crypto.timingSafeEqual(Buffer.from(right), "
            "Buffer.from(given))) return res.sendStatus(401)"
        ),
        Language.FLASK: (
            "message = b'v0:' + request.headers.get('x-zm-request-timestamp', '').encode() + b':' + "
            "request.get_data()\n"
            "right = 'v0=' + hmac.new(secret.encode(), message, 'sha256').hexdigest()\n"
            "if not hmac.compare_digest(right.encode(), "
            "request.headers.get('x-zm-signature', '').encode()): abort(401)"
        ),
    },
)
RAW_BODY: Final = Remedy(
    "Sign the bytes that came, not JSON that was parsed and written again: take the raw body before any "
    "parser does.",
    {
        Language.EXPRESS: (
            "app.use(express.json({ verify: (req, res, buffer) => { req.rawBody = buffer } }))\n"
            "// and sign req.rawBody, not JSON.stringify(req.body)"
        ),
        Language.FLASK: "body = request.get_data()  # before request.get_json(), and sign this",
    },
)
ACKNOWLEDGE_FIRST: Final = Remedy(
    "Answer 204 as soon as the signature is verified and the event is stored, and work on it afterwards; let "
    "no field that is optional in the document decide whether the handler fails.",
)
