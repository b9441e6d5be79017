"""Why a signature does not verify: signatures computed over everything that may have been meant.

Tried in turn, the likelier first: another key, function, time or message; the body changed as a whole;
the body's JSON in another spelling; another time within two hours.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.bodies import changed_bodies
from emitter.core.digests import Choice, key_choices, read_digest
from emitter.core.mismatches import MISMATCHES
from emitter.core.spellings import ZOOM_SPELLING, has_sorted_keys, in_zoom_form, nearest, spellings
from emitter.core.ways import MAX_DEVIATIONS, MILLISECONDS, SECONDS, Mistakes, Way, timestamps, ways
from emitter.core.zoom import SIGNATURE_HEADER, SIGNATURE_VERSION, TIMESTAMP_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emitter.core.mistakes import Mistake
    from emitter.core.secrets import Secret, SecretToken

SEARCHED_SECONDS: Final = 7200
"""How far around the header's time another signed time is looked for; a last retry is 85 minutes late."""
SEARCHED_BYTES: Final = 8_192
"""Above this size of the body no other time is looked for."""
_SIGNATURE: Final = re.compile(r"v\d=[0-9a-fA-F]{64}", re.ASCII)
_BEGINNING: Final = re.compile(r"[0-9a-f]{8,63}", re.ASCII)
_IN_ZOOM_FORM: Final = "signed in Zoom's own form"
_PREFIX: Final = f"{SIGNATURE_VERSION}="
_SPELLING_MISMATCHES: Final = {
    "order": "key-order",
    "layout": "white-space",
    "escapes": "escapes",
    "slashes": "slashes",
    "end": "final-line-end",
}


def explain(
    secret_token: SecretToken,
    *,
    headers: Mapping[str, str],
    body: bytes,
    verification_token: Secret | None = None,
) -> Mistakes:
    """Return why a request's signature does not verify; nothing if it does. Freshness is not looked at.

    Args:
        secret_token: The app's secret token, as far as one knows.
        headers: The request's headers; names are matched without regard to case.
        body: The exact bytes of the body, as far as one knows.
        verification_token: The app's retired verification token, which may have been used as the key.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    signature, timestamp = lowered.get(SIGNATURE_HEADER, ""), lowered.get(TIMESTAMP_HEADER, "")
    missing = [
        id_ for id_, text in (("missing-signature", signature), ("missing-timestamp", timestamp)) if not text
    ]
    if missing:
        return tuple(MISMATCHES[id_] for id_ in missing)
    found: Mistakes = ()
    if _SIGNATURE.fullmatch(timestamp) and signature.isdecimal():
        found = (MISMATCHES["swapped-headers"],)
        signature, timestamp = timestamp, signature
    tried = ways(key_choices(secret_token, verification_token), timestamps(timestamp, body))
    spelt = _read_signature(signature)
    if cut := _cut(signature, tried[0].digest(body)):
        return (*found, cut)
    if spelt is None:
        return (*found, MISMATCHES["malformed-signature"].seen(f"{len(signature)} characters"))
    reasons = next(_reasons(spelt.value, body, tried), None)
    if reasons is None:
        reasons = (MISMATCHES["other-secret-or-body"].seen(_clue(body)),)
    return (*found, *spelt.mistakes, *_misread(timestamp, reasons), *reasons)


def _read_signature(signature: str) -> Choice | None:
    """Return the digest of a signature, with what is wrong with how it is written."""
    bare = signature.removeprefix(_PREFIX)
    spelt = read_digest(bare)
    if spelt is None or signature != bare:
        return spelt
    if any(mistake.id == "prefixed-digest" for mistake in spelt.mistakes):
        others = tuple(mistake for mistake in spelt.mistakes if mistake.id != "prefixed-digest")
        return Choice(spelt.value, (MISMATCHES["other-version"], *others))
    return Choice(spelt.value, (MISMATCHES["missing-version"], *spelt.mistakes))


def _cut(signature: str, right: bytes) -> Mistake | None:
    digits = signature.removeprefix(_PREFIX)
    if _BEGINNING.fullmatch(digits) and right.hex().startswith(digits):
        return MISMATCHES["short-signature"].seen(f"{len(digits)} digits of 64")
    return None


def _misread(timestamp: str, reasons: Mistakes) -> Mistakes:
    """Return what is wrong with the timestamp even where it is the one that was signed."""
    if SECONDS.fullmatch(timestamp) or any(reason.id == "millisecond-timestamp" for reason in reasons):
        return ()
    is_milliseconds = MILLISECONDS.fullmatch(timestamp)
    return (MISMATCHES["millisecond-timestamp" if is_milliseconds else "malformed-timestamp"],)


def _reasons(digest: bytes, body: bytes, tried: list[Way]) -> Iterator[Mistakes]:
    """Yield what accounts for a digest, the likelier first; nothing at all where all is as it should be."""
    yield from _fits(digest, [Choice(body), *changed_bodies(body)], tried)
    yield from _respelt(digest, body, tried[0])
    if in_form := in_zoom_form(body):
        reserialised = MISMATCHES["reserialised"].seen(_IN_ZOOM_FORM)
        yield from _fits(digest, [Choice(in_form, (reserialised,))], tried)
    if len(body) <= SEARCHED_BYTES and SECONDS.fullmatch(tried[0].timestamp.value.decode("latin-1")):
        yield from _signed_at_another_time(digest, body, tried[0])


def _fits(digest: bytes, bodies: Iterable[Choice], tried: list[Way]) -> Iterator[Mistakes]:
    for body, way in itertools.product(bodies, tried):
        if len(body.mistakes) + len(way.mistakes) > MAX_DEVIATIONS:
            continue
        if way.digest(body.value) == digest:
            yield (*body.mistakes, *way.mistakes)


def _respelt(digest: bytes, body: bytes, way: Way) -> Iterator[Mistakes]:
    """Yield how the JSON that was signed is spelt, in those respects in which the body in hand differs."""
    signed, given = [], []
    for spelling, text in spellings(body):
        if text == body:
            given.append(spelling)
        elif way.digest(text) == digest:
            signed.append(spelling)
    if not signed:
        return
    was, now = nearest(signed=signed, given=given)
    differences = was.differences(now or ZOOM_SPELLING)
    mistakes = [
        MISMATCHES[_SPELLING_MISMATCHES[name]].seen(
            f"signed: {getattr(was, name)}" + (f"; here: {getattr(now, name)}" if now else "")
        )
        for name in differences
    ]
    yield (tuple(mistakes) if now else (MISMATCHES["reserialised"].seen(_IN_ZOOM_FORM), *mistakes))


def _signed_at_another_time(digest: bytes, body: bytes, way: Way) -> Iterator[Mistakes]:
    header_s = int(way.timestamp.value)
    for distance_s in range(1, SEARCHED_SECONDS + 1):
        for direction, signed_s in (("earlier", header_s - distance_s), ("later", header_s + distance_s)):
            if replace(way, timestamp=Choice(str(signed_s).encode())).digest(body) == digest:
                found = f"{signed_s}, {distance_s} s {direction}"
                yield (MISMATCHES["other-timestamp"].seen(found),)


def _clue(body: bytes) -> str:
    in_form = in_zoom_form(body)
    if in_form is None:
        return "the body is not JSON that Zoom could have written"
    if in_form == body:
        return "the body is in Zoom's form, so the secret token is the likelier cause"
    if has_sorted_keys(body):
        return "the body's keys are sorted; the order that was signed cannot be told from it"
    return "the body is not in Zoom's form, so it is not what Zoom sent"
