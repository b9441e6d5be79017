"""Deviations of headers that nothing is signed with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.request import SignedRequest


def _with_content_type(value: str) -> Callable[[SignedRequest], SignedRequest]:
    return lambda request: replace(
        request,
        headers=tuple(
            (name, value if name.lower() == "content-type" else old) for name, old in request.headers
        ),
    )


HEADER_FAULTS: Final = (
    Fault(
        name="content-type-bare",
        description="the content type application/json without its charset",
        request=_with_content_type("application/json"),
    ),
    Fault(
        name="content-type-upper-case",
        description="the content type as APPLICATION/JSON;charset=UTF-8",
        request=_with_content_type("APPLICATION/JSON;charset=UTF-8"),
    ),
)
