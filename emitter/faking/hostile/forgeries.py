"""Requests of those who do not hold the secret token, and signatures that are almost right."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from emitter.core.faults import FAULTS
from emitter.core.signing import hex_hmac
from emitter.core.wire import WireStyle, encode
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER
from emitter.faking.hostile.cases import Expected, HostileCase
from emitter.faking.hostile.desk import Desk, unsigned, with_another_header, with_header, with_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emitter.core.request import SignedRequest

_ATTACK: Final = "anyone can send this without the secret token"
_THROWS: Final = "the comparison throws on a signature of another length or kind, answered 5xx"
_CAPTURE: Final = "tests of the 2026 capture; docs/zoom.md#failures"


def forgeries(desk: Desk) -> Iterator[HostileCase]:
    """Yield requests whose signature is missing, wrong or malformed."""
    yield from _faults(desk)
    yield from _signatures(desk)
    yield from _keys(desk)
    yield from _other_bodies(desk)
    yield from _variants_of_right_ones(desk)


_FAULTS: Final = (
    ("wrong-signature", "verification is skipped or fails open", _ATTACK),
    ("missing-signature", "a missing header passes the check, or throws and is answered 5xx", "forum 97231"),
    ("short-signature", _THROWS, _CAPTURE),
    ("non-ascii-signature", _THROWS, _CAPTURE),
    ("other-secret", "a secret token that was replaced still opens the door", "docs/zoom.md#failures"),
    ("tampered-body", "the signature is checked for its shape, not against the body", _ATTACK),
)


def _faults(desk: Desk) -> Iterator[HostileCase]:
    for name, provokes, source in _FAULTS:
        request = desk.faulty(name, desk.event(name), name)
        yield HostileCase(
            name=name,
            title=FAULTS[name].description,
            provokes=provokes,
            source=source,
            requests=(desk.received(request, Expected.REFUSE),),
        )


def _signatures(desk: Desk) -> Iterator[HostileCase]:
    zeros = "v0=" + "0" * 64
    changes: tuple[tuple[str, str, Callable[[SignedRequest], SignedRequest]], ...] = (
        ("unsigned", "neither signature nor timestamp", unsigned),
        ("empty-signature", "an empty signature", lambda request: with_signature(request, "")),
        ("signature-prefix-only", "v0= and no digits", lambda request: with_signature(request, "v0=")),
        ("signature-of-zeros", "64 zeros for digits", lambda request: with_signature(request, zeros)),
        (
            "signature-no-hex",
            "64 letters that are no hexadecimal digits",
            lambda request: with_signature(request, "v0=" + "z" * 64),
        ),
        (
            "signature-very-long",
            "10,000 digits",
            lambda request: with_signature(request, "v0=" + "a" * 10_000),
        ),
        (
            "two-wrong-signatures",
            "the signature header twice, wrong both times",
            lambda request: with_another_header(
                with_signature(request, zeros), SIGNATURE_HEADER, "v0=" + "f" * 64
            ),
        ),
        (
            "missing-timestamp",
            "a right signature, and no timestamp",
            lambda request: with_header(request, TIMESTAMP_HEADER, None),
        ),
        (
            "empty-timestamp",
            "a right signature, and an empty timestamp",
            lambda request: with_header(request, TIMESTAMP_HEADER, ""),
        ),
        (
            "legacy-token-only",
            "the old verification token in place of a signature",
            lambda request: with_another_header(unsigned(request), "authorization", "kaEh0YSkQ_qF5jIjH1bVkg"),
        ),
    )
    for name, title, change in changes:
        request = change(desk.signed(name, desk.event(name).body()))
        yield HostileCase(
            name=name,
            title=title,
            provokes="whoever leaves out or breaks the signature is let in, or answered 5xx",
            source=_ATTACK,
            requests=(desk.received(request, Expected.REFUSE),),
        )


def _keys(desk: Desk) -> Iterator[HostileCase]:
    """Yield signatures with what a receiver may use as a key when none was configured."""
    keys = (
        ("empty-secret", "signed with an empty key", b""),
        ("secret-undefined", "signed with the word undefined, as JavaScript spells no value", b"undefined"),
        ("secret-none", "signed with the word None, as Python spells no value", b"None"),
        ("secret-null", "signed with the word null", b"null"),
    )  # fmt: skip
    for name, title, key in keys:
        request = desk.signed(name, desk.event(name).body())
        forged = with_signature(request, f"v0={hex_hmac(key, _message(request))}")
        yield HostileCase(
            name=name,
            title=title,
            provokes="a secret token that is not set opens the door",
            source="mattermost-plugin-zoom 483; docs/zoom.md#failures",
            requests=(desk.received(forged, Expected.REFUSE),),
        )
    name = "hash-without-key"
    request = desk.signed(name, desk.event(name).body())
    digest = hashlib.sha256(_message(request)).hexdigest()
    yield HostileCase(
        name=name,
        title="SHA-256 of the signed text, without a key",
        provokes="a hash is checked that anyone can compute",
        source=_ATTACK,
        requests=(desk.received(with_signature(request, f"v0={digest}"), Expected.REFUSE),),
    )


def _other_bodies(desk: Desk) -> Iterator[HostileCase]:
    """Yield right signatures that belong to another body."""
    name = "signature-of-another-event"
    first, second = (
        desk.signed(name, body) for body in (desk.event(name).body(), desk.event("another").body())
    )
    yield HostileCase(
        name=name,
        title="the signature of another, genuine request",
        provokes="the signature is not tied to the body",
        source=_ATTACK,
        requests=(desk.received(with_signature(second, _signature(first)), Expected.REFUSE),),
    )
    name = "timestamp-refreshed"
    old = desk.signed(name, desk.event(name).body(), timestamp_s=desk.now_s - 3600)
    fresh = with_header(old, TIMESTAMP_HEADER, str(desk.now_s))
    yield HostileCase(
        name=name,
        title="a genuine request of an hour ago with the time of now and the signature of then",
        provokes="the timestamp is checked but not signed",
        source=_ATTACK,
        requests=(desk.received(fresh, Expected.REFUSE),),
    )
    name = "respelt-after-signing"
    event = desk.variants["text-emoji"].event
    genuine = desk.signed(name, event.body())
    respelt = encode(event.envelope, WireStyle.SPACED)
    changed = desk.signed(name, respelt)
    yield HostileCase(
        name=name,
        title="the same JSON, spelt otherwise on its way, with the signature of the original",
        provokes="a parsed body is written again and that is verified: it passes until an emoji comes",
        source="forum 82638, 75972, 75583; docs/zoom.md#failures",
        requests=(
            desk.received(with_signature(changed, _signature(genuine)), Expected.EITHER, Expected.REFUSE),
        ),
    )


def _variants_of_right_ones(desk: Desk) -> Iterator[HostileCase]:
    """Yield right signatures in another form: letting them in is no forgery, refusing them no loss."""
    changes: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("bare-signature", "the right digits without v0= before them", lambda text: text.removeprefix("v0=")),
        ("other-version-signature", "the right digits behind v1=", lambda text: "v1=" + text[3:]),
        ("upper-case-signature", "the right digits in upper case", lambda text: "v0=" + text[3:].upper()),
        (
            "signature-with-more-behind",
            "a right signature with characters behind it",
            lambda text: text + "00",
        ),
        (
            "signature-in-a-list",
            "a wrong signature, a comma and the right one",
            lambda text: f"v0={'0' * 64}, {text}",
        ),
    )
    for name, title, change in changes:
        request = desk.signed(name, desk.event(name).body())
        changed = with_signature(request, change(_signature(request)))
        yield HostileCase(
            name=name,
            title=title,
            provokes="hexadecimal digits compared in another form than Zoom sends",
            source="webhooks.fyi; docs/zoom.md#failures",
            requests=(desk.received(changed, Expected.EITHER, Expected.REFUSE),),
        )
    for name, title, is_right_first in (
        ("right-then-wrong-signature", "the signature header twice, the right one first", True),
        ("wrong-then-right-signature", "the signature header twice, the right one last", False),
    ):
        request = desk.signed(name, desk.event(name).body())
        right, wrong = _signature(request), "v0=" + "0" * 64
        first, last = (right, wrong) if is_right_first else (wrong, right)
        twice = with_another_header(with_signature(request, first), SIGNATURE_HEADER, last)
        yield HostileCase(
            name=name,
            title=title,
            provokes="a list of values where one was expected, answered 5xx",
            source="HTTP lets a header come twice",
            requests=(desk.received(twice, Expected.EITHER),),
        )


def _signature(request: SignedRequest) -> str:
    return request.header(SIGNATURE_HEADER) or ""


def _message(request: SignedRequest) -> bytes:
    """Return the bytes that the request's signature covers."""
    return b"v0:%b:%b" % ((request.header(TIMESTAMP_HEADER) or "").encode(), request.body)
