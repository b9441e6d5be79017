"""What sending needs: a request goes out, an exchange comes back, whatever the receiver does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from emitter.core.deliveries import Answer, Timing
    from emitter.core.outcome import Outcome
    from emitter.core.request import SignedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request's end.

    Attributes:
        outcome: How it ended.
        answer: What came back, also when it came too late or was cut short, as far as it can be trusted.
        timing: How long it took.
        error: What an app raised that was called inside this process.
    """

    outcome: Outcome
    answer: Answer | None
    timing: Timing
    error: BaseException | None = None


class Transport(Protocol):
    """Sends one request over its own connection. Implementations are thread-safe."""

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Send the request's exact bytes and return what came of it; never raises for the receiver's doing.

        Args:
            request: Exactly the headers and the body that go out; nothing is added, dropped or reordered.
            timeout_s: The total deadline in real seconds: name, connection, TLS, request and answer together.

        Raises:
            ForbiddenTargetError: The URL leads to an address the policy does not allow; nothing was sent.
        """
