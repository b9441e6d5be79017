"""Deviations of the signature: forged ones, and a right one in another form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault, on_signature
from emitter.core.signing import hex_hmac
from emitter.core.zoom import SIGNATURE_HEADER, SIGNATURE_VERSION, TIMESTAMP_HEADER

if TYPE_CHECKING:
    from emitter.core.request import SignedRequest

_PREFIX: Final = f"{SIGNATURE_VERSION}="
_ALL_ZERO: Final = _PREFIX + "0" * 64
_LONG_DIGITS: Final = 4096


def _unsigned(request: SignedRequest) -> SignedRequest:
    dropped = {SIGNATURE_HEADER, TIMESTAMP_HEADER}
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() not in dropped))


def _last_digit_wrong(signature: str) -> str:
    return signature[:-1] + f"{(int(signature[-1], 16) + 1) % 16:x}"


def _signed_twice(request: SignedRequest) -> SignedRequest:
    """Put two wrong signatures in the place of the right one: some frameworks hand over a list then."""
    zeros = on_signature(lambda _: _ALL_ZERO)(request)
    return replace(zeros, headers=(*zeros.headers, (SIGNATURE_HEADER, _PREFIX + "1" * 64)))


def _signed_without_a_secret(request: SignedRequest) -> SignedRequest:
    timestamp = request.header(TIMESTAMP_HEADER) or ""
    digest = hex_hmac(b"", f"{SIGNATURE_VERSION}:{timestamp}:".encode() + request.body)
    return on_signature(lambda _: _PREFIX + digest)(request)


def _digits(signature: str) -> str:
    return signature.removeprefix(_PREFIX)


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
    Fault(
        name="cut-signature",
        description="the right signature without its last digit",
        request=on_signature(lambda signature: signature[:-1]),
    ),
    Fault(
        name="one-digit-signature",
        description="a signature of one digit",
        request=on_signature(lambda _: f"{_PREFIX}0"),
    ),
    Fault(
        name="prefix-only-signature",
        description="v0= without any digits",
        request=on_signature(lambda _: _PREFIX),
    ),
    Fault(
        name="long-signature",
        description=f"a wrong signature of {_LONG_DIGITS} digits",
        request=on_signature(lambda _: _PREFIX + "0" * _LONG_DIGITS),
    ),
    Fault(
        name="duplicate-signature",
        description="two x-zm-signature headers, both wrong",
        request=_signed_twice,
    ),
    Fault(
        name="empty-secret",
        description="signed with an empty secret token",
        request=_signed_without_a_secret,
    ),
    Fault(
        name="upper-case-signature",
        description="the right digits in upper case",
        request=on_signature(lambda signature: _PREFIX + _digits(signature).upper()),
    ),
    Fault(
        name="upper-case-version",
        description="V0= before the right digits",
        request=on_signature(lambda signature: _PREFIX.upper() + _digits(signature)),
    ),
    Fault(
        name="other-version",
        description="v1= before the right digits",
        request=on_signature(lambda signature: f"v1={_digits(signature)}"),
    ),
    Fault(
        name="padded-signature",
        description="the right signature with two more digits after it",
        request=on_signature(lambda signature: f"{signature}00"),
    ),
    Fault(
        name="listed-signature",
        description="the right signature and a wrong one after a comma",
        request=on_signature(lambda signature: f"{signature},{_ALL_ZERO}"),
    ),
)
