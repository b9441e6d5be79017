"""Receivers that let in, fail on, or work on what is nearly signed."""

from __future__ import annotations

import json

from emitter.core.signing import hex_hmac
from tests.support.receivers.reference import Answer, Defect


def _verifying(is_accepted):
    """Return a receiver with a verification of its own."""
    return lambda asked, right: right(asked.signed_if(is_accepted(asked)))


def _failing_if(is_bad, text="Internal Server Error"):
    return lambda asked, right: Answer(500, text) if is_bad(asked) else right(asked)


def _digits(asked):
    return (asked.signature or "").removeprefix("v0=")


def _right_digits(asked):
    return asked.right_signature().removeprefix("v0=")


def _as_much_as_came(asked):
    return bool(asked.signature) and asked.right_signature().startswith(asked.signature)


def _is_signed_by_nobody(asked):
    message = f"v0:{asked.timestamp}:".encode() + asked.body
    return asked.is_signed or asked.signature == f"v0={hex_hmac(b'', message)}"


def _is_not_of_one_length(asked):
    return bool(asked.signature) and len(asked.signature) != len("v0=") + 64


def _decoded_leniently(asked):
    """Return whether the digits before the first one that is none, at most 64 of them, are right."""
    return _digits(asked)[:64] == _right_digits(asked)


def _is_read_as_a_number(asked):
    """Return whether Python's int() throws on the timestamp: before anything is verified."""
    try:
        int(asked.timestamp or "0")
    except ValueError:
        return True
    return False


def _overflows(asked):
    try:
        int(float(asked.timestamp or "0"))
    except ValueError:
        return False
    except OverflowError:
        return True
    return False


def _is_a_digit_and_no_number(asked):
    return asked.timestamp.isdigit() and not asked.timestamp.isdecimal()


def _skips_without_a_timestamp(asked, right):
    is_skipped = bool(asked.signature) and "x-zm-request-timestamp" not in asked.headers
    return right(asked.signed_anew()) if is_skipped else right(asked)


def _parses_first(asked, right):
    try:
        json.loads(asked.body)
    except (ValueError, RecursionError):
        return Answer(500, "SyntaxError: Unexpected token")
    return right(asked)


DEFECTS = (
    Defect(
        name="compares-as-much-as-came",
        codes="S05",
        seen="startsWith with its two sides swapped, in the place of a comparison",
        respond=_verifying(_as_much_as_came),
    ),
    Defect(
        name="throws-on-another-length",
        codes="S05",
        seen="docs/zoom.md#failures: timingSafeEqual throws on a short signature",
        respond=_failing_if(_is_not_of_one_length, "RangeError: buffers must have the same length"),
    ),
    Defect(
        name="throws-on-what-is-not-ascii",
        codes="S05",
        seen="docs/zoom.md#failures: Python's compare_digest throws on text that is not ASCII",
        respond=_failing_if(lambda asked: not (asked.signature or "").isascii(), "TypeError"),
    ),
    Defect(
        name="throws-on-two-signatures",
        codes="S05",
        seen="docs/zoom.md#failures: compare function that throws, on a list of headers",
        respond=_failing_if(
            lambda asked: [name.lower() for name in asked.header_names].count("x-zm-signature") > 1
        ),
    ),
    Defect(
        name="takes-an-empty-secret",
        codes="S06",
        seen="docs/zoom.md#failures: mattermost-plugin-zoom 483; Uni-Event 111",
        respond=_verifying(_is_signed_by_nobody),
    ),
    Defect(
        name="reads-the-timestamp-unguarded",
        codes="S07",
        seen="AI-Shipping-Labs/website 1432: int() of a header that is no number",
        respond=_failing_if(_is_read_as_a_number, "ValueError: invalid literal for int()"),
    ),
    Defect(
        name="reads-the-timestamp-as-infinite",
        codes="S07",
        seen="AI-Shipping-Labs/website 1432: a huge timestamp",
        respond=_failing_if(_overflows, "OverflowError: cannot convert float infinity to integer"),
    ),
    Defect(
        name="takes-superscripts-for-digits",
        codes="S07",
        seen="AI-Shipping-Labs/website 1432: isdigit() before int()",
        respond=_failing_if(_is_a_digit_and_no_number, "ValueError"),
    ),
    Defect(
        name="skips-verification-without-a-timestamp",
        codes="S07",
        seen="rivet: a check of both headers with && lets one be missing",
        respond=_skips_without_a_timestamp,
    ),
    Defect(
        name="strips-the-body",
        codes="S08",
        seen="a body read as text and trimmed; docs/zoom.md#body: no newline at the end",
        respond=_verifying(lambda asked: asked.signature == asked.right_signature(asked.body.strip())),
    ),
    Defect(
        name="takes-bare-digits",
        codes="S09",
        seen="docs/zoom.md#failures: webhooks.fyi, hex compared without the v0=",
        respond=_verifying(lambda asked: _digits(asked) == _right_digits(asked)),
    ),
    Defect(
        name="decodes-digits-leniently",
        codes="S09",
        seen="Node's Buffer.from(digits, 'hex') stops where the digits end",
        respond=_verifying(_decoded_leniently),
    ),
    Defect(
        name="parses-before-it-verifies",
        codes="R01 R03 S10",
        seen="synaptent/aragora 6102: parsed before authenticated",
        respond=_parses_first,
    ),
)
