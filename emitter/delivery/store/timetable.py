"""What is due: deliveries are accepted, leased for one attempt, and finished.

A lease is one UPDATE, so that of several workers one gets the delivery. It lasts until the attempt is
finished or its time is over; then the delivery is due again and the cut attempt stays `unknown`.
"""

from __future__ import annotations

import copy
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import and_, bindparam, func, insert, null, or_, select, update

from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.database import WRITE, Database
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.rows import attempt_values, delivery_from, delivery_row, delivery_values
from emitter.delivery.store.tables import attempts, deliveries, new_row, store_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Select

    from emitter.core.deliveries import Attempt, Delivery

_TAKE_NUMBERS: Final = Prepared(
    update(store_format)
    .values(next_delivery_id=store_format.c.next_delivery_id + bindparam("count"))
    .returning(store_format.c.next_delivery_id)
)
_ADD_DELIVERY: Final = Prepared(insert(deliveries))
_ADD_ATTEMPT: Final = Prepared(new_row(attempts))
_BEGIN_ATTEMPT: Final = Prepared(new_row(attempts).returning(attempts.c.id))
_END_ATTEMPT: Final = Prepared(
    update(attempts)
    .where(attempts.c.id == bindparam("its_id"), attempts.c.delivery_id == bindparam("delivery_id"))
    .values({column.name: bindparam(column.name) for column in attempts.c if column.name != "id"})
)
# A worker that finishes after its lease ran out must not undo what the next one has made of the delivery.
_END_LEASE: Final = Prepared(
    update(deliveries)
    .where(deliveries.c.id == bindparam("its_id"), deliveries.c.attempts_made <= bindparam("number"))
    .values(
        state=bindparam("state"),
        retry_number=bindparam("retry_number"),
        due_at_ms=bindparam("due_at_ms"),
        virtual_ms=bindparam("virtual_ms"),
        attempts_made=bindparam("number"),
        last_outcome=bindparam("outcome"),
        leased_until_ms=null(),
        leased_by=null(),
    )
)
_IS_LEASED: Final = and_(deliveries.c.due_at_ms.is_not(None), deliveries.c.leased_until_ms.is_not(None))
_LEASES: Final = Prepared(select(deliveries.c.leased_by).where(_IS_LEASED).distinct())
_FREE_LEASES: Final = Prepared(
    update(deliveries)
    .where(_IS_LEASED, deliveries.c.leased_by == bindparam("worker"))
    .values(leased_until_ms=null(), leased_by=null())
)


_END_OF_TIME_MS: Final = 2**62


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
            after_last = _TAKE_NUMBERS.value(transaction, count=len(new))
            numbers = range(after_last - len(new), after_last)
            numbered = [replace(delivery, id=number) for delivery, number in zip(new, numbers, strict=True)]
            _ADD_DELIVERY.run_many(transaction, map(delivery_values, numbered))
        return numbered

    def lease_next(
        self,
        *,
        now_ms: int,
        worker: str,
        prepare: Callable[[Delivery, int], Attempt],
        subscription_id: int | None = None,
    ) -> tuple[Delivery, Attempt] | None:
        """Take the delivery that is due first and record that its next attempt has begun; atomic.

        Without `finish` it is due again after its `lease_ms`.

        Args:
            now_ms: Real time, milliseconds since the epoch.
            worker: ``host:pid`` of this process, see `release_dead_leases`.
            prepare: Returns the attempt as it begins, from the delivery and the attempt's number. Where it
                raises, nothing is leased.
            subscription_id: Look only at this subscription's deliveries.

        Returns:
            The delivery and the attempt, numbered; None if nothing is due.

        Raises:
            StoreError: The record could not be read or written.
        """
        choice = self._choice(subscription_id)
        lease = _lease(*choice)
        with self.transaction(WRITE) as transaction:
            values = {"now_ms": now_ms, "worker": worker, **choice}
            found = lease.run(transaction, **values).fetchone()
            if found is None:
                return None
            row = delivery_row(found)
            with self.checked(f"delivery {row.id}"):
                delivery = delivery_from(row)
            attempt = prepare(delivery, row.attempts_made)
            return delivery, replace(attempt, id=_BEGIN_ATTEMPT.value(transaction, **attempt_values(attempt)))

    def finish(self, delivery: Delivery, attempt: Attempt) -> None:
        """Record what came of an attempt and where its delivery stands, and end the lease; atomic.

        Raises:
            StoreError: The record could not be written; the lease ends by time.
        """
        self.finish_many([(delivery, attempt)])

    def finish_many(self, ended: Iterable[tuple[Delivery, Attempt]]) -> None:
        """Record what came of many attempts in one transaction.

        An attempt without a number in the store is added: one that was made without a lease.
        """
        pairs = list(ended)
        with self.transaction(WRITE) as transaction:
            _END_ATTEMPT.run_many(
                transaction,
                ({"its_id": attempt.id, **attempt_values(attempt)} for _, attempt in pairs if attempt.id),
            )
            _ADD_ATTEMPT.run_many(
                transaction, (attempt_values(attempt) for _, attempt in pairs if not attempt.id)
            )
            _END_LEASE.run_many(transaction, (_standing(delivery, attempt) for delivery, attempt in pairs))

    def next_due_ms(self, subscription_id: int | None = None) -> int | None:
        """Return when something is due next, None if nothing is pending; a lease is due at its end."""
        choice = self._choice(subscription_id)
        with self.transaction() as transaction:
            free_ms = _first_free(*choice).value(transaction, **choice)
            before_ms = _END_OF_TIME_MS if free_ms is None else free_ms
            lease_ms = _first_lease_end(*choice).value(transaction, before_ms=before_ms, **choice)
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
        """Make what dead workers have leased due at once.

        Args:
            is_alive: Tells whether the worker of a lease may still be at work, from its ``host:pid``;
                `emitter.delivery.store.workers.is_alive` does.
        """
        with self.transaction(WRITE) as transaction:
            workers = [row[0] for row in _LEASES.run(transaction).fetchall()]
            _FREE_LEASES.run_many(
                transaction, ({"worker": worker} for worker in workers if not is_alive(worker))
            )

    def _choice(self, subscription_id: int | None) -> dict[str, Any]:
        """Return the columns that narrow down what is looked at, with their values."""
        given = {"subscription_id": subscription_id, "id": self._only_delivery_id}
        return {f"its_{name}": value for name, value in given.items() if value is not None}


def _standing(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
    return {
        "its_id": delivery.id,
        "number": attempt.number,
        "outcome": attempt.outcome.kind.value,
        "state": delivery.state.value,
        "retry_number": delivery.retry_number,
        "due_at_ms": delivery.due_at_ms,
        "virtual_ms": delivery.virtual_ms,
    }


def _chosen(query: Select[Any], parameters: tuple[str, ...]) -> Select[Any]:
    columns = {name: deliveries.c[name.removeprefix("its_")] for name in parameters}
    return query.where(*(column == bindparam(name) for name, column in columns.items()))


@functools.cache
def _lease(*parameters: str) -> Prepared:
    """Return the statement that takes the delivery due first; workers skip each other's on PostgreSQL."""
    is_free = or_(deliveries.c.leased_until_ms.is_(None), deliveries.c.leased_until_ms <= bindparam("now_ms"))
    due_first = (
        _chosen(select(deliveries.c.id), parameters)
        .where(deliveries.c.due_at_ms <= bindparam("now_ms"), is_free)
        .order_by(deliveries.c.due_at_ms, deliveries.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return Prepared(
        update(deliveries)
        .where(deliveries.c.id == due_first.scalar_subquery())
        .values(
            leased_until_ms=bindparam("now_ms") + deliveries.c.lease_ms,
            leased_by=bindparam("worker"),
            attempts_made=deliveries.c.attempts_made + 1,
            last_outcome=OutcomeKind.UNKNOWN.value,
        )
        .returning(*deliveries.c)
    )


@functools.cache
def _first_free(*parameters: str) -> Prepared:
    """Return the question when the first delivery is due that is not leased."""
    due = deliveries.c.due_at_ms
    waiting = select(due).where(due.is_not(None), deliveries.c.leased_until_ms.is_(None))
    return Prepared(_chosen(waiting, parameters).order_by(due).limit(1))


@functools.cache
def _first_lease_end(*parameters: str) -> Prepared:
    """Return the question when the first lease ends of those that were due before a time.

    Deliveries are leased in the order they are due, so that these are few.
    """
    leased = select(func.min(deliveries.c.leased_until_ms)).where(
        deliveries.c.due_at_ms < bindparam("before_ms")
    )
    return Prepared(_chosen(leased, parameters))
