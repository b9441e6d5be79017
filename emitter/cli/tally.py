"""What a sending command shows of its attempts, and the exit status they come to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from emitter.cli.attempt_lines import attempt_line, attempt_value, colour_of
from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import Outcome, OutcomeKind

if TYPE_CHECKING:
    from emitter.core.deliveries import Attempt, Delivery

NOT_ACCEPTED: Final = 1
FORBIDDEN: Final = 2
NO_CONNECTION: Final = 3


class Tally:
    """Prints attempts as they end and counts how their deliveries were settled.

    Args:
        as_json: Whether an attempt is one JSON line instead of a line for people.

    Attributes:
        accepted: How many deliveries were accepted.
        failed: The last outcome of each delivery that was not.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self.accepted = 0
        self.failed: list[Outcome] = []

    def show(self, delivery: Delivery, attempt: Attempt) -> None:
        """Print one attempt and count its delivery if it is settled."""
        if self._as_json:
            click.echo(json.dumps(attempt_value(delivery, attempt), ensure_ascii=False))
        else:
            click.secho(attempt_line(delivery, attempt), fg=colour_of(attempt.outcome))
        if delivery.state is DeliveryState.DELIVERED:
            self.accepted += 1
        elif delivery.state is DeliveryState.FAILED:
            self.failed.append(attempt.outcome)

    def status(self) -> int:
        """Return the exit status: 3 only where there was never a connection, 2 where nothing may be sent."""
        statuses = {status_of(outcome) for outcome in self.failed}
        if len(statuses) == 1 and not self.accepted:
            return statuses.pop()
        return NOT_ACCEPTED if statuses else 0


def status_of(outcome: Outcome) -> int:
    """Return the exit status of one outcome that is not a success."""
    if outcome.kind is OutcomeKind.FORBIDDEN:
        return FORBIDDEN
    if outcome.kind in {OutcomeKind.NOT_CONNECTED, OutcomeKind.UNRESOLVED}:
        return NO_CONNECTION
    return NOT_ACCEPTED
