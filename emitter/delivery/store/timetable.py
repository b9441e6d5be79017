"""What is due: deliveries are accepted, leased for one attempt, and finished.

A lease is taken under a lock, the file's on SQLite, the row's on PostgreSQL, so that of several workers one
gets the delivery. It lasts until the attempt is finished or its time is over; then the delivery is due again
and the cut attempt stays `unknown`.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import func, select

from emitter.delivery.store.database import WRITE, Database
from emitter.delivery.store.failures import damaged
from emitter.delivery.store.rows import (
    begun_values,
    delivery_of,
    ended_values,
    new_delivery,
    request_values,
    whole_values,
)
from emitter.delivery.store.tables import deliveries
from emitter.delivery.store.timetable_statements import (
    ADD_ATTEMPT,
    ADD_DELIVERY,
    BEGIN_ATTEMPT,
    END_ATTEMPT,
    END_LEASE,
    FORGET_ATTEMPT,
    FREE_LEASES,
    GIVE_BACK,
    LEASES,
    SIGN_AGAIN,
    TAKE,
    TAKE_NUMBERS,
    due_first,
    first_free,
    first_lease_end,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from emitter.core.deliveries import Attempt, Delivery
    from emitter.delivery.store.transactions import Transaction


class Timetable(Database):
    """Which delivery is attempted when, and by whom."""

    _only_delivery_id: int | None = None

    def only(self, delivery_id: int) -> Self:
        """Return a view of this store whose `lease_next` and `next_due_ms` know one delivery."""
        view = copy.copy(self)
        view._only_delivery_id = delivery_id  # noqa: SLF001 - its own kind
        return view

    def accept(self, new: Sequence[Delivery]) -> list[Delivery]:
        """Commit deliveries, all or none, and return them with their numbers in the same order.

        Raises:
            StoreError: They could not be committed.
        """
        if not new:
            return []
        with self.transaction(WRITE) as transaction:
            after_last = TAKE_NUMBERS.value(transaction, count=len(new))
            numbers = range(after_last - len(new), after_last)
            numbered = [delivery.numbered(number) for delivery, number in zip(new, numbers, strict=True)]
            ADD_DELIVERY.run_rows(transaction, [*map(new_delivery, numbered)])
        return numbered

    def lease_next(
        self,
        *,
        now_ms: int,
        worker: str,
        prepare: Callable[[Delivery, int], Attempt],
        subscription_id: int | None = None,
        after: tuple[Delivery, Attempt] | None = None,
    ) -> tuple[Delivery, Attempt] | None:
        """Take the delivery that is due first and record that its next attempt has begun; atomic.

        Without `finish` it is due again after its `lease_ms`.

        Args:
            now_ms: Real time, milliseconds since the epoch.
            worker: ``host:pid`` of this process, see `release_dead_leases`.
            prepare: Returns the attempt as it begins, from the delivery and the attempt's number. Where it
                raises, nothing is leased.
            subscription_id: Look only at this subscription's deliveries.
            after: What to `finish` in the same transaction. Where nothing can be leased for whatever reason,
                it is finished alone, and the next call meets the reason.

        Returns:
            The delivery and the attempt; None if nothing is due.

        Raises:
            StoreError: The record could not be read or written.
        """
        choice = self._choice(subscription_id)
        if after is None:
            with self.transaction(WRITE) as transaction:
                return self._lease(transaction, choice, now_ms=now_ms, worker=worker, prepare=prepare)
        try:
            with self.transaction(WRITE) as transaction:
                _finish(transaction, *after)
                return self._lease(transaction, choice, now_ms=now_ms, worker=worker, prepare=prepare)
        except Exception:  # noqa: BLE001 - how the one ended must not depend on whether the next can begin
            self.finish(*after)
            return None

    def _lease(
        self,
        transaction: Transaction,
        choice: dict[str, int],
        *,
        now_ms: int,
        worker: str,
        prepare: Callable[[Delivery, int], Attempt],
    ) -> tuple[Delivery, Attempt] | None:
        found = due_first(*choice).run_row(transaction, (*choice.values(), now_ms)).fetchone()
        if found is None:
            return None
        try:
            delivery = delivery_of(found[:-1])
        except (ValueError, TypeError):
            raise damaged(self.path, f"delivery {found[0]}") from None
        attempt = prepare(delivery, found[-1] + 1)
        TAKE.run_row(transaction, (attempt.number, now_ms + delivery.lease_ms, worker, delivery.id))
        BEGIN_ATTEMPT.run_row(transaction, begun_values(attempt))
        return delivery, attempt

    def give_back(self, attempt: Attempt) -> None:
        """End a lease whose attempt was never sent, as if it had not been taken; atomic.

        Raises:
            StoreError: The record could not be written; the lease ends by time.
        """
        its_number = (attempt.delivery_id, attempt.number)
        with self.transaction(WRITE) as transaction:
            if GIVE_BACK.run_row(transaction, its_number).rowcount:
                FORGET_ATTEMPT.run_row(transaction, its_number)

    def sign_again(self, attempt: Attempt) -> None:
        """Record the request of an attempt that has begun with another one, before it is sent.

        Raises:
            StoreError: The record could not be written.
        """
        with self.transaction(WRITE) as transaction:
            SIGN_AGAIN.run_row(transaction, (attempt.delivery_id, attempt.number, *request_values(attempt)))

    def finish(self, delivery: Delivery, attempt: Attempt) -> None:
        """Record what came of a leased attempt and where its delivery stands, and end the lease; atomic.

        Raises:
            StoreError: The record could not be written; the lease ends by time.
        """
        with self.transaction(WRITE) as transaction:
            _finish(transaction, delivery, attempt)

    def finish_many(self, ended: Iterable[tuple[Delivery, Attempt]]) -> None:
        """Record attempts that were made without a lease, and where their deliveries stand; atomic."""
        pairs = [*ended]
        with self.transaction(WRITE) as transaction:
            ADD_ATTEMPT.run_rows(transaction, [whole_values(attempt) for _, attempt in pairs])
            END_LEASE.run_rows(transaction, [_standing(delivery, attempt) for delivery, attempt in pairs])

    def next_due_ms(self, subscription_id: int | None = None) -> int | None:
        """Return when something is due next, None if nothing is pending; a lease is due at its end."""
        choice = self._choice(subscription_id)
        with self.transaction() as transaction:
            free_ms = first_free(*choice).value(transaction, **choice)
            lease_ms = first_lease_end(*choice).value(transaction, **choice)
        return min((time for time in (free_ms, lease_ms) if time is not None), default=None)

    def pending(self) -> dict[int, int]:
        """Return how many deliveries are pending, by the number of their subscription."""
        counts = (
            select(deliveries.c.subscription_id, func.count())
            .where(deliveries.c.due_at_ms.is_not(None))
            .group_by(deliveries.c.subscription_id)
        )
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counts)}

    def release_dead_leases(self, is_alive: Callable[[str], bool]) -> None:
        """Make what dead workers have leased due at once; in a shared record their leases end by time alone.

        A worker's name says whether it lives only on its own machine, and in its own container.

        Args:
            is_alive: Tells whether the worker of a lease may still be at work, from its ``host:pid``;
                `emitter.delivery.store.workers.is_alive` does.
        """
        if self.is_shared:
            return
        with self.transaction(WRITE) as transaction:
            workers = [row[0] for row in LEASES.run(transaction).fetchall()]
            FREE_LEASES.run_rows(transaction, ((worker,) for worker in workers if not is_alive(worker)))

    def _choice(self, subscription_id: int | None) -> dict[str, int]:
        """Return the columns that narrow down what is looked at, with their values."""
        given = {"subscription_id": subscription_id, "id": self._only_delivery_id}
        return {f"its_{name}": value for name, value in given.items() if value is not None}


def _finish(transaction: Transaction, delivery: Delivery, attempt: Attempt) -> None:
    # The delivery first, as everyone else locks them, so that no two wait for each other.
    END_LEASE.run_row(transaction, _standing(delivery, attempt))
    END_ATTEMPT.run_row(
        transaction,
        (
            attempt.delivery_id,
            attempt.number,
            *ended_values(attempt.outcome, attempt.answer, attempt.timing),
            attempt.next_retry_s,
        ),
    )


def _standing(delivery: Delivery, attempt: Attempt) -> tuple[Any, ...]:
    return (
        str(delivery.state),
        delivery.retry_number,
        delivery.virtual_ms,
        attempt.number,
        str(attempt.outcome.kind),
        delivery.id,
        attempt.number,
        delivery.due_at_ms,
    )
