"""Deviations of the credentials that a subscription's authentication adds; without any they change nothing.

Source: docs/zoom.md#authentication.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault
from emitter.core.request import is_credential

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.request import SignedRequest

_BASIC: Final = "Basic "


def _on_credentials(change: Callable[[str], str | None]) -> Callable[[SignedRequest], SignedRequest]:
    """Lift a change of a credential's text to the request; None removes the header."""

    def changed(request: SignedRequest) -> SignedRequest:
        pairs = ((name, change(value) if is_credential(name) else value) for name, value in request.headers)
        return replace(request, headers=tuple((name, value) for name, value in pairs if value is not None))

    return changed


def _in_basic(change: Callable[[str], str], otherwise: Callable[[str], str]) -> Callable[[str], str]:
    """Return a change of ``user:password`` inside a Basic credential, and of any other as a whole."""

    def changed(value: str) -> str:
        if not value.startswith(_BASIC):
            return otherwise(value)
        try:
            pair = base64.b64decode(value.removeprefix(_BASIC), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return otherwise(value)
        return _BASIC + base64.b64encode(change(pair).encode()).decode()

    return changed


def _longer(text: str) -> str:
    return f"{text}x"


CREDENTIAL_FAULTS: Final = (
    Fault(
        name="missing-credentials",
        description="without the credentials of the subscription",
        request=_on_credentials(lambda _: None),
    ),
    Fault(
        name="wrong-credentials",
        description="one character too many at the end of the password, token or value",
        request=_on_credentials(_in_basic(_longer, _longer)),
    ),
    Fault(
        name="wrong-user",
        description="one character too many before the user name",
        request=_on_credentials(_in_basic(lambda pair: f"x{pair}", lambda value: f"x{value}")),
    ),
    Fault(
        name="password-with-colon",
        description="a colon and more behind the password of Basic authentication",
        request=_on_credentials(_in_basic(lambda pair: f"{pair}:x", lambda value: f"{value}:x")),
    ),
    Fault(
        name="malformed-credentials",
        description="credentials that are no base64 and not ASCII",
        request=_on_credentials(lambda value: f"{value.partition(' ')[0]} é%"),
    ),
)
