"""Subscriptions and their handshakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import bindparam, select, update

from emitter.core.handshake import ChallengeKind
from emitter.delivery import secret_sources
from emitter.delivery.store.database import WRITE, Database
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.rows import (
    ENDED,
    answer_from,
    ended_values,
    headers_from,
    headers_text,
    outcome_from,
    storable,
    timing_from,
)
from emitter.delivery.store.subscription_rows import shown_url, subscription_from, subscription_values
from emitter.delivery.store.tables import handshakes, new_row, subscriptions
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from emitter.core.deliveries import Answer, Timing
    from emitter.core.handshake import Handshake
    from emitter.core.outcome import Outcome
    from emitter.core.request import HeaderPairs
    from emitter.core.subscription import Subscription
    from emitter.delivery.secret_sources import SecretSource

Origin = Literal["command", "app"]

_ADD_SUBSCRIPTION: Final = Prepared(new_row(subscriptions).returning(subscriptions.c.id))
_ADD_HANDSHAKE: Final = Prepared(new_row(handshakes).returning(handshakes.c.id))
_MARK_VALIDATED: Final = Prepared(
    update(subscriptions)
    .where(subscriptions.c.id == bindparam("its_id"))
    .values(validated_at_ms=bindparam("now_ms"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubscription:
    """A subscription as the record has it.

    Attributes:
        id: Its number.
        subscription: The subscription, credentials opened.
        secret_source: Where its secret token comes from.
        origin: Who made it: a one-shot command, or someone at the app.
        created_at_ms: When, milliseconds since the epoch.
        validated_at_ms: When its endpoint last passed the handshake, or None.
    """

    id: int
    subscription: Subscription
    secret_source: SecretSource
    origin: Origin
    created_at_ms: int
    validated_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHandshake:
    """One challenge as the record has it; the attributes are those of `emitter.core.handshake.Handshake`."""

    id: int
    subscription_id: int | None
    kind: ChallengeKind
    url: str
    started_at_ms: int
    timestamp_s: int
    request_headers: HeaderPairs
    body: bytes
    outcome: Outcome
    answer: Answer | None
    timing: Timing
    is_valid: bool
    reason: str


class Subscriptions(Database):
    """Where events go, and how its endpoint was validated."""

    def add_subscription(
        self, subscription: Subscription, *, secret_source: SecretSource, origin: Origin, now_ms: int
    ) -> int:
        """Store a subscription and return its number; credentials and the URL's query are sealed.

        Raises:
            StoreError: It could not be stored.
            InvalidSettingError: The vault's key cannot be used.
        """
        values = {
            **subscription_values(subscription, self.vault),
            "validated_at_ms": None,
            "secret_source": secret_sources.to_text(secret_source),
            "origin": origin,
            "created_at_ms": now_ms,
        }
        with self.transaction(WRITE) as transaction:
            return int(_ADD_SUBSCRIPTION.value(transaction, **values))

    def get_subscription(self, subscription_id: int) -> StoredSubscription:
        """Return one subscription.

        Raises:
            UnknownNameError: There is none of this number.
            SecretTokenError: Its credentials were sealed with another key.
            InvalidSettingError: The vault's key cannot be used.
            StoreError: The record could not be read.
        """
        with self.reading() as connection:
            query = select(subscriptions).where(subscriptions.c.id == subscription_id)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UnknownNameError("subscription", str(subscription_id))
        return self._subscription(row)

    def list_subscriptions(self) -> list[StoredSubscription]:
        """Return every subscription, oldest first; raises as `get_subscription`."""
        with self.reading() as connection:
            rows = connection.execute(select(subscriptions).order_by(subscriptions.c.id)).all()
        return [self._subscription(row) for row in rows]

    def mark_validated(self, subscription_id: int, *, now_ms: int) -> None:
        """Record that the endpoint has passed the handshake."""
        with self.transaction(WRITE) as transaction:
            _MARK_VALIDATED.run(transaction, its_id=subscription_id, now_ms=now_ms)

    def add_handshake(self, handshake: Handshake, *, subscription_id: int | None = None) -> int:
        """Record a handshake and its probes, one row each, and return the first one's number.

        The handshake counts as the subscription's validation where it is valid.
        """
        rows = [_handshake_values(each, subscription_id) for each in (handshake, *handshake.probes)]
        with self.transaction(WRITE) as transaction:
            numbers = [_ADD_HANDSHAKE.value(transaction, **row) for row in rows]
            if subscription_id is not None and handshake.verdict.is_valid:
                _MARK_VALIDATED.run(transaction, its_id=subscription_id, now_ms=handshake.started_at_ms)
        return int(numbers[0])

    def handshakes(self, subscription_id: int | None = None, *, limit: int = 100) -> list[StoredHandshake]:
        """Return the latest handshakes, newest first, of one subscription or of all."""
        query = select(handshakes).order_by(handshakes.c.id.desc()).limit(limit)
        if subscription_id is not None:
            query = query.where(handshakes.c.subscription_id == subscription_id)
        with self.reading() as connection:
            rows = connection.execute(query).all()
        with self.checked("a handshake"):
            return [_handshake_from(row) for row in rows]

    def _subscription(self, row: Any) -> StoredSubscription:
        with self.checked(f"subscription {row.id}"):
            return StoredSubscription(
                id=row.id,
                subscription=subscription_from(row, self.vault),
                secret_source=secret_sources.from_text(row.secret_source),
                origin=row.origin,
                created_at_ms=row.created_at_ms,
                validated_at_ms=row.validated_at_ms,
            )


def _handshake_values(handshake: Handshake, subscription_id: int | None) -> dict[str, Any]:
    return {
        "subscription_id": subscription_id,
        "kind": handshake.kind.value,
        "url": shown_url(handshake.url),
        "started_at_ms": handshake.started_at_ms,
        "timestamp_s": handshake.timestamp_s,
        "request_headers": headers_text(handshake.request_headers),
        "body": handshake.body,
        **dict(zip(ENDED, ended_values(handshake.outcome, handshake.answer, handshake.timing), strict=True)),
        "is_valid": handshake.verdict.is_valid,
        "reason": storable(handshake.verdict.reason),
    }


def _handshake_from(row: Any) -> StoredHandshake:
    return StoredHandshake(
        id=row.id,
        subscription_id=row.subscription_id,
        kind=ChallengeKind(row.kind),
        url=row.url,
        started_at_ms=row.started_at_ms,
        timestamp_s=row.timestamp_s,
        request_headers=headers_from(row.request_headers),
        body=row.body,
        outcome=outcome_from(row),
        answer=answer_from(row),
        timing=timing_from(row),
        is_valid=row.is_valid,
        reason=row.reason,
    )
