"""Makes the attempts of a test: signed by its clock, as often as a schedule has it, without waiting."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from emitter.core.deliveries import Delivery
from emitter.core.subscription import Auth, Subscription
from emitter.delivery.faulty_transport import transport_with
from emitter.delivery.handshake import perform_handshake
from emitter.faking.ids import short_id
from emitter.testing.emitted import Attempt, ZoomRequest

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from random import SystemRandom

    from emitter.core.handshake import Handshake
    from emitter.core.request import Identity, SignedRequest
    from emitter.core.schedule import RetrySchedule
    from emitter.core.secrets import SecretToken
    from emitter.delivery.attempts import Endpoint
    from emitter.delivery.clock import Clock
    from emitter.testing.receivers import Reached


class Postman:
    """Carries deliveries to one receiver.

    Args:
        reached: The receiver.
        secret_token: What it verifies with.
        clock: Signs with its time.
        timeout_s: The whole time the receiver has to answer, in seconds.
        auth: What comes beside the signature.
        allow_hosts: Public hosts that may be sent to.

    Attributes:
        subscription: The receiver's.
        inside: What calls the receiver where it is in this process; else None.
    """

    def __init__(
        self,
        reached: Reached,
        secret_token: SecretToken,
        *,
        clock: Clock,
        timeout_s: float,
        auth: Auth,
        allow_hosts: tuple[str, ...],
    ) -> None:
        from emitter.delivery.attempts import Endpoint  # noqa: PLC0415 - with what it imports
        from emitter.delivery.endpoints import open_endpoint  # noqa: PLC0415
        from emitter.delivery.oauth import TokenFetcher  # noqa: PLC0415

        self.subscription = Subscription(
            url=reached.url,
            client_id=short_id(Random(f"client of {reached.url}")),  # noqa: S311 - a fake id, not a secret
            timeout_s=timeout_s,
            auth=auth,
            allowed_hosts=tuple(host.lower() for host in allow_hosts),
        )
        self.inside = reached.transport
        self._reached = reached
        self._secret_token = secret_token
        self._clock = clock
        self._endpoint: Endpoint = (
            Endpoint(
                subscription=self.subscription,
                secret_token=secret_token,
                transport=reached.transport,
                tokens=TokenFetcher(reached.transport),
            )
            if reached.transport
            else open_endpoint(self.subscription, secret_token)
        )

    @property
    def url(self) -> str:
        """Where requests go, or what the app is told."""
        return self.subscription.url

    def started(self) -> AbstractContextManager[None]:
        """Run what an app wants to have running around it."""
        return self._reached.started()

    def delivery(self, event: str, body: bytes, identity: Identity, faults: tuple[str, ...]) -> Delivery:
        """Return what is carried."""
        now_ms = self._clock.now_ms()
        return Delivery(
            subscription_id=0,
            event=event,
            body=body,
            identity=identity,
            faults=faults,
            created_at_ms=now_ms,
            due_at_ms=now_ms,
        )

    def request(self, delivery: Delivery) -> SignedRequest:
        """Return the request of a delivery as it is for this second."""
        return self._endpoint.request(delivery, self._endpoint.known_headers, now_ms=self._clock.now_ms())

    def attempts(self, delivery: Delivery, schedule: RetrySchedule) -> tuple[Attempt, ...]:
        """Send a delivery until it is settled."""
        transport = transport_with(delivery.faults, self._endpoint.transport, self.subscription)
        made: list[Attempt] = []
        after_s: float | None = 0.0
        while after_s is not None:
            request = self.request(delivery)
            exchange = transport.send(request, timeout_s=self.subscription.timeout_s)
            made.append(Attempt(ZoomRequest.of(request), exchange, after_s))
            wait_s = schedule.delay_s(retry_number=len(made)) if exchange.outcome.is_retried else None
            after_s = None if wait_s is None else after_s + wait_s
        return tuple(made)

    def handshake(self, rng: SystemRandom) -> Handshake:
        """Send a challenge and judge the answer."""
        return perform_handshake(
            self.subscription,
            secret_token=self._secret_token,
            transport=self._endpoint.transport,
            clock=self._clock,
            rng=rng,
        )
