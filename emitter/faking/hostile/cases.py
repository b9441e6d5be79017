"""A hostile case: requests that provoke a failure, and what a right receiver answers to each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.core.request import HeaderPairs


class Expected(StrEnum):
    """What a right receiver answers. A 5xx never is: Zoom sends such a request again."""

    ACKNOWLEDGE = "acknowledge"
    """2xx: Zoom sends this, and a receiver that refuses it loses an event."""
    REFUSE = "refuse"
    """4xx: whoever can send this need not hold the secret token."""
    EITHER = "either"
    """2xx or 4xx: only a holder of the secret token can send this, or Zoom may one day, or does no harm."""
    ANSWER = "answer"
    """200 and the JSON object of the handshake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileRequest:
    """One request.

    Attributes:
        method: The HTTP method.
        headers: Pairs in the order in which they are sent; a name may be there twice. Values are text of
            which every character is below U+0100, a byte on the wire each.
        body: The exact bytes.
        now_s: When it arrives, seconds since the epoch: what a test's clock has to show.
        expected: What a right receiver answers.
        preferred: What a careful one does where either is right; `Expected.EITHER` where it does not matter.
        answer: The members of the JSON object that is expected, for `Expected.ANSWER`.
    """

    method: str
    headers: HeaderPairs
    body: bytes
    now_s: int
    expected: Expected
    preferred: Expected
    answer: Mapping[str, str] | None = None

    def is_right(self, status: int, body: bytes) -> bool:
        """Return whether the answer is right; a redirect never is, since Zoom does not follow it."""
        return _is_right(self.expected, status, body, self.answer)

    def is_preferred(self, status: int, body: bytes) -> bool:
        """Return whether the answer is what a careful receiver gives."""
        return _is_right(self.preferred, status, body, self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileCase:
    """Requests that belong together, in the order in which they are sent.

    Attributes:
        name: Unique and stable, fit for a file's name.
        title: What is sent, in words.
        provokes: The failure it finds, as a receiver's mistake.
        source: Where the failure was seen, or what the expectation rests on.
        requests: At least one.
        distinct_events: Of how many different events the requests tell, which a receiver should count once
            each; None where none of them is to be counted.
    """

    name: str
    title: str
    provokes: str
    source: str
    requests: tuple[HostileRequest, ...]
    distinct_events: int | None = None


def _is_right(expected: Expected, status: int, body: bytes, answer: Mapping[str, str] | None) -> bool:
    is_acknowledged = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    match expected:
        case Expected.ACKNOWLEDGE:
            return is_acknowledged
        case Expected.REFUSE:
            return is_refused
        case Expected.EITHER:
            return is_acknowledged or is_refused
        case Expected.ANSWER:
            return status == HTTPStatus.OK and _holds(body, answer or {})


def _holds(body: bytes, answer: Mapping[str, str]) -> bool:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and all(value.get(key) == text for key, text in answer.items())
