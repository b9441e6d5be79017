"""Receivers that go wrong with the credentials of their subscription."""

from __future__ import annotations

import base64
import binascii

from emitter.core.secrets import Secret
from emitter.core.subscription import BasicAuth, CustomHeaderAuth
from tests.support.receivers.reference import Answer, Defect

USER, PASSWORD = "zoom", "open sesame"
AUTH = BasicAuth(USER, Secret(PASSWORD))
_UNAUTHORISED = Answer(401, headers=(("www-authenticate", "Basic"),))


def pair_of(asked):
    """Return ``user:password`` as it was sent; empty where there is none.

    Raises:
        ValueError: It is no base64 of text.
    """
    scheme, _, text = asked.headers.get("authorization", "").partition(" ")
    return base64.b64decode(text, validate=True).decode() if scheme == "Basic" else ""


def with_credentials(asked, right):
    """Answer rightly: with 401 but for the right credentials."""
    try:
        is_right = pair_of(asked) == f"{USER}:{PASSWORD}"
    except (binascii.Error, ValueError):
        is_right = False
    return right(asked) if is_right else _UNAUTHORISED


def _without_credentials(asked, right):
    return right(asked)


def _presence_only(asked, right):
    return right(asked) if asked.headers.get("x-webhook-key") else _UNAUTHORISED


def _unguarded(asked, right):
    try:
        pair_of(asked)
    except (binascii.Error, ValueError):
        return Answer(500, "binascii.Error: Only base64 data is allowed")
    return with_credentials(asked, right)


def _in_place_of_the_signature(asked, right):
    return with_credentials(asked.signed_anew(), right)


def _split_at_every_colon(asked, right):
    try:
        parts = pair_of(asked).split(":")
    except (binascii.Error, ValueError):
        return _UNAUTHORISED
    return right(asked) if parts[:2] == [USER, PASSWORD] else _UNAUTHORISED


DEFECTS = (
    Defect(
        name="ignores-credentials",
        codes="U01",
        seen="docs/zoom.md#authentication: a receiver written for the default mode",
        respond=_without_credentials,
        auth=AUTH,
    ),
    Defect(
        name="wants-some-custom-header",
        codes="U01",
        seen="fleetdm/fleet, receive-from-zoom.js: a header of its own choice",
        respond=_presence_only,
        auth=CustomHeaderAuth("x-webhook-key", Secret("open-sesame")),
    ),
    Defect(
        name="decodes-credentials-unguarded",
        codes="U02",
        seen="zoom-webhook-verification-headers, basicAuthWebhook.js: decoded as it comes",
        respond=_unguarded,
        auth=AUTH,
    ),
    Defect(
        name="takes-credentials-for-a-signature",
        codes="F03 S01 U03",
        seen="zoom-webhook-verification-headers: only the header is checked",
        respond=_in_place_of_the_signature,
        auth=AUTH,
    ),
    Defect(
        name="splits-credentials-at-every-colon",
        codes="U04",
        seen="zoom-webhook-verification-headers, basicAuthWebhook.js",
        respond=_split_at_every_colon,
        auth=AUTH,
    ),
)
