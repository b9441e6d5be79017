"""Deviations of the body after it was signed, as someone on the way would make them."""

from __future__ import annotations

from typing import Final

from emitter.core.fault import Fault, with_body

_OTHER_DIGITS: Final = bytes.maketrans(b"123456789", b"234567891")
"""0 stays 0, so that no number begins with it and the body stays the JSON it was."""

TAMPERING_FAULTS: Final = (
    Fault(
        name="foreign-body",
        description="the body of another event under this one's signature: every digit differs",
        request=lambda request: with_body(request, request.body.translate(_OTHER_DIGITS)),
    ),
    Fault(
        name="spaced-body",
        description="a space put behind the body's first character after signing",
        request=lambda request: with_body(request, request.body[:1] + b" " + request.body[1:]),
    ),
    Fault(
        name="body-with-newline",
        description="a line feed put behind the body after signing",
        request=lambda request: with_body(request, request.body + b"\n"),
    ),
)
