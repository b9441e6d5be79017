"""Deviations of the signature and of the time it covers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault, on_signature
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER

if TYPE_CHECKING:
    from emitter.core.request import SignedRequest


def _unsigned(request: SignedRequest) -> SignedRequest:
    dropped = {SIGNATURE_HEADER, TIMESTAMP_HEADER}
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() not in dropped))


def _last_digit_wrong(signature: str) -> str:
    return signature[:-1] + f"{(int(signature[-1], 16) + 1) % 16:x}"


SIGNATURE_FAULTS: Final = (
    Fault(
        name="unsigned",
        description="neither x-zm-signature nor x-zm-request-timestamp, as a stranger's request",
        request=_unsigned,
    ),
    Fault(
        name="last-digit-wrong",
        description="a signature of which only the last digit is wrong",
        request=on_signature(_last_digit_wrong),
    ),
    Fault(
        name="empty-signature",
        description="an x-zm-signature header without a value",
        request=on_signature(lambda _: ""),
    ),
)
