"""Receivers that let in what Zoom did not sign."""

from __future__ import annotations

import re

from tests.support.receivers.reference import Answer, Defect


def _verifying(is_accepted):
    """Return a receiver with a verification of its own."""
    return lambda asked, right: right(asked.signed_if(is_accepted(asked)))


def _throwing(asked, right):
    if len(asked.signature or "") != len("v0=") + 64:
        return Answer(500, "RangeError: Input buffers must have the same byte length")
    return right(asked)


def _is_signed_but_for_its_last_digit(asked):
    head, _, tail = re.sub(rb"\d(?=\D*$)", b"\0", asked.body).partition(b"\0")
    return any(asked.signature == asked.right_signature(head + b"%d" % digit + tail) for digit in range(10))


DEFECTS = (
    Defect(
        name="no-verification",
        codes="S01",
        seen="a receiver written before the secret token was there",
        respond=_verifying(lambda _: True),
    ),
    Defect(
        name="verifies-only-what-is-signed",
        codes="H02 S03",  # who takes unsigned events signs for strangers, too
        seen="docs/zoom.md#failures: mattermost-plugin-zoom 483, verification is skipped",
        respond=_verifying(lambda asked: asked.is_signed or not asked.signature),
    ),
    Defect(
        name="throws-on-a-short-signature",
        codes="S03",
        seen="docs/zoom.md#failures: compare function that throws",
        respond=_throwing,
    ),
    Defect(
        name="compares-the-beginning",
        codes="S02",
        seen="a prefix compared in place of the whole",
        respond=_verifying(lambda asked: (asked.signature or "")[:35] == asked.right_signature()[:35]),
    ),
    Defect(
        name="signs-a-part-of-the-body",
        codes="S04",
        seen="a body put together again from the fields the handler knows",
        respond=_verifying(_is_signed_but_for_its_last_digit),
    ),
)
