"""Spoils answers on request: faults of the call's own header, or of the subscription whose event led to it.

A subscription's fault spoils the first calls of each delivery, as many as it says; how many were spoilt is
seen in the record, so that a restart forgets none.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from emitter.app.zoom.errors import ZoomError, no_such
from emitter.app.zoom.parameters import time_text
from emitter.app.zoom.tokens import expired
from emitter.core.api_faults import SLOW, ApiFault
from emitter.delivery.store.calls import count_faults
from emitter.errors import InvalidSettingError, SecretTokenError, StoreError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.app.directory import Directory
    from emitter.catalog.rest import RestOperation
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store
    from emitter.delivery.store.mentions import Cause

_PER_SECOND: Final = {"LIGHT": 80, "MEDIUM": 60, "HEAVY": 40, "RESOURCE-INTENSIVE": 20}
"""What a Business account may do. CONFIRMED (docs/zoom.md#rest-limits)."""
_PER_DAY: Final = 60_000
_READ_OF_A_CONVERSATION: Final = "conversationId"


class ApiFaults:
    """Chooses and commits faults. Thread-safe.

    Args:
        store: Knows how often a delivery's calls were spoilt.
        directory: Knows the subscriptions' faults.
        clock: What slow answers wait by.
    """

    def __init__(self, store: Store, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def chosen(self, header: str | None, cause: Cause | None) -> list[ApiFault]:
        """Return the faults of a call.

        Args:
            header: What the call asks for itself, faults with commas between them; None where it does not.
            cause: The delivery that led to it, if any.

        Raises:
            ZoomError: The header names a fault that there is not.
        """
        if header is not None:
            try:
                return [ApiFault.parse(each) for each in header.split(",") if each.strip()]
            except UsageError as error:
                raise ZoomError(HTTPStatus.BAD_REQUEST, HTTPStatus.BAD_REQUEST, str(error)) from None
        if cause is None:
            return []
        wanted = self._of_subscription(cause.subscription_id)
        return [fault for fault in wanted if self._is_left(fault, cause.delivery_id)]

    def commit(
        self, fault: ApiFault, operation: RestOperation | None, values: Mapping[str, str], *, now_ms: int
    ) -> bool:
        """Wait, or raise the error of a fault; return whether it fits the call.

        Raises:
            ZoomError: What the fault is.
        """
        rate = operation.rate if operation else "LIGHT"
        match fault.name:
            case "rate-limit":
                raise too_many(rate)
            case "daily-limit":
                raise too_many_today(rate, now_ms=now_ms)
            case "expired-token":
                raise expired()
            case "server-error":
                status = HTTPStatus.INTERNAL_SERVER_ERROR
                raise ZoomError(status, status, "Internal Server Error.")
            case "not-ready" if _READ_OF_A_CONVERSATION in values:
                note = "the fault not-ready: announced, and not there yet"
                raise no_such("Conversation", f"{values[_READ_OF_A_CONVERSATION]}.", note=note)
            case _ if fault.name == SLOW:
                self._clock.wait_until_ms(now_ms + round(fault.wait_s * 1000))
                return True
            case _:
                return False

    def _of_subscription(self, subscription_id: int) -> tuple[ApiFault, ...]:
        try:
            texts = self._directory.stored(subscription_id).subscription.api_faults
        except (UnknownNameError, SecretTokenError, InvalidSettingError, StoreError):
            return ()
        return tuple(map(ApiFault.parse, texts))

    def _is_left(self, fault: ApiFault, delivery_id: int) -> bool:
        if fault.times is None:
            return True
        return count_faults(self._store, delivery_id=delivery_id, fault=fault.name) < fault.times


def limit_headers(rate: str, *, remaining: int | None = None) -> dict[str, str]:
    """Return the headers that say how much may still be asked. Source: docs/zoom.md#rest-limits."""
    limit = _PER_SECOND.get(rate, _PER_SECOND["LIGHT"])
    return {
        "X-RateLimit-Category": rate.capitalize(),
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(limit - 1 if remaining is None else remaining),
    }


def too_many(rate: str) -> ZoomError:
    """Return the error for too many calls in a second."""
    message = "You have reached the maximum per-second rate limit for this API. Try again later."
    headers = limit_headers(rate, remaining=0) | {"X-RateLimit-Type": "QPS", "Retry-After": "1"}
    status = HTTPStatus.TOO_MANY_REQUESTS
    return ZoomError(status, status, message, headers=headers)


def too_many_today(rate: str, *, now_ms: int) -> ZoomError:
    """Return the error for too many calls in a day."""
    message = (
        "You have reached the maximum daily rate limit for this API. "
        "Refer to the response header for details on when you can make another request."
    )
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms, days=1)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    headers = limit_headers(rate, remaining=0) | {
        "X-RateLimit-Type": "Daily-limit",
        "X-RateLimit-Limit": str(_PER_DAY),
        "Retry-After": time_text(round(midnight.timestamp() * 1000)),
    }
    status = HTTPStatus.TOO_MANY_REQUESTS
    return ZoomError(status, status, message, headers=headers)
