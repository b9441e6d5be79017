"""Handshakes: what Zoom asks, what others ask, and tokens that are more than tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emitter.core.handshake import challenge_body, expected_answer
from emitter.core.wire import encode
from emitter.core.zoom import VALIDATION_EVENT
from emitter.faking import ids
from emitter.faking.hostile.cases import Expected, HostileCase, HostileRequest
from emitter.faking.hostile.desk import Desk, unsigned, with_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORACLE: Final = "windmill 9413; docs/zoom.md#failures"
_WRONG_ANSWER: Final = "forum 137029; ha-zoom-automation 64; docs/zoom.md#handshake"
_CRASHES: Final = "hackclub/slash-z 149; only a holder of the secret token can send this"


def challenges(desk: Desk) -> Iterator[HostileCase]:
    """Yield challenges that are to be answered, that are not, and that are none."""
    yield from _of_zoom(desk)
    yield from _of_others(desk)
    yield from _malformed(desk)


def _of_zoom(desk: Desk) -> Iterator[HostileCase]:
    name = "challenge"
    yield HostileCase(
        name=name,
        title="a challenge, signed as Zoom signs it",
        provokes="the answer is another hash, base64, the wrong key's, or none",
        source=_WRONG_ANSWER,
        requests=(_answered(desk, name, 0),),
    )
    name = "challenge-repeated"
    yield HostileCase(
        name=name,
        title="two challenges with different tokens, 72 hours apart",
        provokes="the first answer is remembered, so that the revalidation fails",
        source="forum 124112; docs/zoom.md#handshake",
        requests=(_answered(desk, name, 0), _answered(desk, name, 1, after_s=72 * 3600)),
    )


def _of_others(desk: Desk) -> Iterator[HostileCase]:
    for name, title, is_oracle in (
        ("challenge-unsigned", "a challenge without signature and timestamp", False),
        (
            "challenge-unsigned-oracle",
            "an unsigned challenge whose token is the text of a forged event",
            True,
        ),
    ):
        body = challenge_body(_forged_message(desk, name) if is_oracle else _token(desk, name), desk.now_ms)
        yield HostileCase(
            name=name,
            title=title,
            provokes="strangers have the receiver sign: the hash of a token is an event's valid signature",
            source=_ORACLE,
            requests=(
                desk.received(
                    unsigned(desk.signed(name, body)),
                    Expected.REFUSE if is_oracle else Expected.EITHER,
                    Expected.REFUSE,
                ),
            ),
        )
    for name, title, is_oracle in (
        ("challenge-wrongly-signed", "a challenge whose signature is wrong", False),
        (
            "challenge-wrongly-signed-oracle",
            "the text of a forged event for a token, and a wrong signature",
            True,
        ),
    ):
        body = challenge_body(_forged_message(desk, name) if is_oracle else _token(desk, name), desk.now_ms)
        request = with_signature(desk.signed(name, body), "v0=" + "0" * 64)
        yield HostileCase(
            name=name,
            title=title,
            provokes="a challenge is answered before its signature is verified",
            source=_ORACLE,
            requests=(
                desk.received(request, Expected.REFUSE if is_oracle else Expected.EITHER, Expected.REFUSE),
            ),
        )
    name = "challenge-signed-oracle"
    body = challenge_body(_forged_message(desk, name), desk.now_ms)
    yield HostileCase(
        name=name,
        title="a rightly signed challenge whose token is the text of a forged event",
        provokes="anything is signed that is called a token; only a holder of the secret token gets this far",
        source=_ORACLE,
        requests=(desk.received(desk.signed(name, body), Expected.EITHER),),
    )
    name = "challenge-stale"
    request = desk.signed(
        name, challenge_body(_token(desk, name), desk.now_ms), timestamp_s=desk.now_s - 3600
    )
    yield HostileCase(
        name=name,
        title="a rightly signed challenge of an hour ago",
        provokes="freshness is not checked of challenges",
        source="Zoom's documents name no tolerance",
        requests=(desk.received(request, Expected.EITHER, Expected.REFUSE),),
    )


_MALFORMED: Final[tuple[tuple[str, str, Any], ...]] = (
    ("challenge-without-payload", "no payload", None),
    ("challenge-payload-null", "null for its payload", {"payload": None}),
    ("challenge-payload-text", "a text for its payload", {"payload": "plainToken"}),
    ("challenge-payload-list", "a list for its payload", {"payload": []}),
    ("challenge-without-token", "no token", {"payload": {}}),
    ("challenge-token-null", "null for its token", {"payload": {"plainToken": None}}),
    ("challenge-token-number", "a number for its token", {"payload": {"plainToken": 12345}}),
    ("challenge-token-object", "an object for its token", {"payload": {"plainToken": {"$gt": ""}}}),
    ("challenge-token-empty", "an empty token", {"payload": {"plainToken": ""}}),
    (
        "challenge-token-odd",
        "quotes, backslashes, slashes, markup and emoji in its token",
        {"payload": {"plainToken": '"\\/<é🦩>\u2028'}},
    ),
    ("challenge-token-long", "a token of 100,000 characters", {"payload": {"plainToken": "A" * 100_000}}),
)


def _malformed(desk: Desk) -> Iterator[HostileCase]:
    for name, title, rest in _MALFORMED:
        envelope = {**(rest or {}), "event_ts": desk.now_ms, "event": VALIDATION_EVENT}
        yield HostileCase(
            name=name,
            title=f"a rightly signed challenge with {title}",
            provokes="a challenge is taken to be well-formed, and what is not there is answered 5xx",
            source=_CRASHES,
            requests=(desk.received(desk.signed(name, encode(envelope)), Expected.EITHER),),
        )


def _answered(desk: Desk, case: str, number: int, *, after_s: int = 0) -> HostileRequest:
    token = _token(desk, case, number)
    now_s = desk.now_s + after_s
    request = desk.signed(
        case, challenge_body(token, desk.now_ms + after_s * 1000), delivery=number, timestamp_s=now_s
    )
    answer = expected_answer(desk.secret_token, token)
    return desk.received(request, Expected.ANSWER, after_s=after_s, answer=answer)


def _token(desk: Desk, case: str, number: int = 0) -> str:
    return ids.short_id(desk.stream(case, "token", number))


def _forged_message(desk: Desk, case: str) -> str:
    """Return the text that the signature of a forged event would cover."""
    return f"v0:{desk.now_s}:{desk.event(case).body().decode()}"
