"""Deliveries as an HTTP Archive (HAR 1.2), one entry an attempt, for browsers' and proxies' viewers."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from emitter.cli.attempt_lines import outcome_text
from emitter.cli.deliveries_show import sent_body
from emitter.delivery.archive import ArchivedExchange, add_exchange, open_archive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.deliveries import Attempt
    from emitter.delivery.store import DeliverySummary


def write_har(stream: IO[str], recorded: Iterable[tuple[DeliverySummary, list[Attempt]]]) -> None:
    """Write the archive. An attempt without an answer has status 0 and the outcome as its status text."""
    with open_archive(stream) as archive:
        for found, attempts in recorded:
            for attempt in attempts:
                add_exchange(archive, _archived(found, attempt))
    stream.write("\n")


def _archived(found: DeliverySummary, attempt: Attempt) -> ArchivedExchange:
    delivery = found.delivery
    return ArchivedExchange(
        url=found.url,
        headers=attempt.request_headers,
        body=sent_body(delivery, attempt),
        outcome=attempt.outcome,
        answer=attempt.answer,
        timing=attempt.timing,
        started_at_ms=attempt.started_at_ms,
        comment=f"delivery {delivery.id}, {delivery.event}, attempt {attempt.number}: "
        f"{outcome_text(attempt.outcome)}",
    )
