"""Why Zoom would refuse an answer to a challenge: each mistake recognised by a small function.

A reply is examined from the outside in. What keeps it from being read at all is one mistake and the end
of it. Wrappers around the two fields are taken off (`emitter.core.answer_shapes`), so that what is inside
is examined too. The digest comes last (`emitter.core.digests`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.core.answer_shapes import ENCRYPTED, PLAIN, find_fields, literal, parsed, shown, unwrap
from emitter.core.digests import Choice, key_choices, read_digest, recognise, token_choices
from emitter.core.mistakes import MISTAKES, Mistake
from emitter.core.outcome import OutcomeKind

if TYPE_CHECKING:
    from emitter.core.deliveries import Answer
    from emitter.core.outcome import Outcome
    from emitter.core.secrets import Secret, SecretToken

PUBLISHED_TOKENS: Final = ("qgg8vlvZRS6UYooatFL8Aw", "xys8n8PGS7mAU0m5-YJjRA")
"""Tokens of published challenges, which end up in code that was copied."""
_SHA256_BYTES: Final = 32
_SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """What else a receiver might have used in the place of the right values.

    Attributes:
        verification_token: The app's retired verification token.
        earlier_plain_tokens: Tokens of earlier challenges to the same receiver.
    """

    verification_token: Secret | None = None
    earlier_plain_tokens: tuple[str, ...] = ()


NO_SUSPECTS: Final = Suspects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One challenge and what came of it.

    Attributes:
        plain_token: The challenge's token.
        timestamp_s: Its signed timestamp, whole seconds since the epoch.
        body: Its exact body.
        outcome: How the request ended.
        answer: What came back, or None.
    """

    plain_token: str
    timestamp_s: int
    body: bytes
    outcome: Outcome
    answer: Answer | None

    @property
    def text(self) -> str:
        """The answer's body as text, without a byte order mark; what is not UTF-8 replaced."""
        return self.answer.body.decode("utf-8-sig", "replace") if self.answer else ""

    @property
    def value(self) -> Any:
        """The answer's body as a JSON value.

        Raises:
            ValueError: It is not JSON in UTF-8.
        """
        return parsed(self.answer.body.decode("utf-8-sig") if self.answer else "")

    @property
    def is_json(self) -> bool:
        """Whether the answer's body is JSON in UTF-8."""
        try:
            _ = self.value
        except ValueError:
            return False
        return True

    def header(self, name: str) -> str:
        """Return the first value of an answer's header, or nothing; the name's case does not matter."""
        pairs = self.answer.headers if self.answer else ()
        return next((value for key, value in pairs if key.lower() == name), "")


def diagnose(reply: Reply, *, secret_token: SecretToken, suspects: Suspects) -> tuple[Mistake, ...]:
    """Return the mistakes in a reply that can be told apart, from the outside in.

    Empty only for an answer that Zoom accepts; where nothing tried explains a wrong hash, the last mistake
    is ``other-secret`` or ``not-a-digest``.
    """
    for id_, seen in _OUTSIDE:
        if (found := seen(reply)) is not None:
            return (MISTAKES[id_].seen(found),)
    value, mistakes = unwrap(reply.value) if reply.is_json else (literal(reply.text), [])
    if not reply.is_json:
        mistakes.append(MISTAKES["object-literal"].seen(shown(reply.text)))
    fields, misnamed = find_fields(value) if isinstance(value, dict) else ({}, [])
    mistakes += misnamed
    if ENCRYPTED not in fields:
        id_ = "no-encrypted-token" if PLAIN in fields else "other-answer"
        return (*mistakes, MISTAKES[id_].seen("" if PLAIN in fields else shown(value)))
    if PLAIN not in fields:
        mistakes.append(MISTAKES["no-plain-token"])
    plain, encrypted = fields.get(PLAIN, reply.plain_token), fields[ENCRYPTED]
    if plain != reply.plain_token and encrypted == reply.plain_token:
        mistakes.append(MISTAKES["swapped-fields"])
        plain, encrypted = encrypted, plain
    keys = key_choices(secret_token, suspects.verification_token)
    other_tokens = (*suspects.earlier_plain_tokens, *PUBLISHED_TOKENS)
    return (*mistakes, *_wrong_tokens(plain, encrypted, reply, keys=keys, other_tokens=other_tokens))


def _wrong_tokens(
    plain: Any, encrypted: Any, reply: Reply, *, keys: tuple[Choice, ...], other_tokens: tuple[str, ...]
) -> tuple[Mistake, ...]:
    mistakes: tuple[Mistake, ...] = ()
    if plain != reply.plain_token:
        answered = Choice(str(plain).encode("utf-8", "replace"))
        if (also := recognise(encrypted, keys=keys, messages=(answered,))) is not None:
            return (MISTAKES["another-request"].seen(shown(plain)), *also)
        mistakes = (MISTAKES["other-plain-token"].seen(shown(plain)),)
    if encrypted == reply.plain_token:
        return (*mistakes, MISTAKES["unhashed-token"])
    messages = token_choices(
        reply.plain_token,
        timestamp_s=reply.timestamp_s,
        body=reply.body,
        other_plain_tokens=other_tokens,
    )
    recognised = recognise(encrypted, keys=keys, messages=messages)
    return mistakes + (_unexplained(encrypted) if recognised is None else recognised)


def _unexplained(encrypted: Any) -> tuple[Mistake, ...]:
    spelt = read_digest(encrypted)
    if spelt and len(spelt.value) == _SHA256_BYTES:
        return (*spelt.mistakes, MISTAKES["other-secret"])
    return (MISTAKES["not-a-digest"].seen(shown(encrypted)),)


# What keeps an answer from being read. A function returns what it found, None if it is not that.

Seen = Callable[[Reply], str | None]


def _ended(*kinds: OutcomeKind) -> Seen:
    return lambda reply: reply.outcome.detail if reply.outcome.kind in kinds else None


def _status(*statuses: int) -> Seen:
    return lambda reply: f"status {reply.outcome.status}" if reply.outcome.status in statuses else None


def _of_kind(kind: OutcomeKind) -> Seen:
    return lambda reply: f"status {reply.outcome.status}" if reply.outcome.kind is kind else None


def _redirect(reply: Reply) -> str | None:
    if reply.outcome.kind is not OutcomeKind.REDIRECTED:
        return None
    place = reply.header("location").partition("?")[0]
    return f"{reply.outcome.status} to {shown(place)}" if place else f"status {reply.outcome.status}"


def _empty(reply: Reply) -> str | None:
    return None if reply.text.strip() else ""


def _oversized(reply: Reply) -> str | None:
    return "" if reply.answer and reply.answer.is_cut and not reply.is_json else None


def _compressed(reply: Reply) -> str | None:
    encoding = reply.header("content-encoding").lower()
    return encoding if encoding not in {"", "identity"} and not reply.is_json else None


def _html(reply: Reply) -> str | None:
    return "" if reply.text.lstrip().lower().startswith(("<!doctype", "<html", "<head", "<body")) else None


def _echo(reply: Reply) -> str | None:
    return "" if reply.is_json and reply.value == parsed(reply.body.decode()) else None


def _bare_token(reply: Reply) -> str | None:
    text = reply.text.strip().strip("\"'")
    if text == reply.plain_token:
        return "plainToken alone"
    return "a digest alone" if _SHA256_HEX.fullmatch(text) else None


def _no_object(reply: Reply) -> str | None:
    is_utf_8 = reply.answer is None or reply.text == reply.answer.body.decode("utf-8-sig", "ignore")
    if reply.is_json or (is_utf_8 and literal(reply.text)):
        return None
    return shown(reply.text) if is_utf_8 else f"not UTF-8: {shown(reply.text)}"


_OUTSIDE: Final[tuple[tuple[str, Seen], ...]] = (
    ("no-connection", _ended(OutcomeKind.NOT_CONNECTED, OutcomeKind.UNRESOLVED, OutcomeKind.FORBIDDEN)),
    ("untrusted-certificate", _ended(OutcomeKind.UNTRUSTED)),
    ("no-access-token", _ended(OutcomeKind.NO_TOKEN)),
    ("late-answer", _ended(OutcomeKind.TIMED_OUT)),
    ("broken-answer", _ended(OutcomeKind.BROKEN, OutcomeKind.UNKNOWN)),
    ("redirect", _redirect),
    ("not-authorised", _status(401, 403, 407)),
    ("not-found", _status(404, 410)),
    ("method-not-allowed", _status(405)),
    ("refused", _of_kind(OutcomeKind.REFUSED)),
    ("server-error", _of_kind(OutcomeKind.FAILED)),
    ("no-content", _status(204)),
    ("empty-answer", _empty),
    ("oversized-answer", _oversized),
    ("compressed-answer", _compressed),
    ("html-answer", _html),
    ("echoed-request", _echo),
    ("bare-token", _bare_token),
    ("text-answer", _no_object),
)
