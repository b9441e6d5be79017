"""What every page needs: the service, the subscriptions by number, who wants a page at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, request

from emitter.app.api.routing import EXTENSION
from emitter.app.queries import SubscriptionQuery
from emitter.core.outcome import Outcome, OutcomeKind
from emitter.errors import BusyError, ConflictError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.app.service import Service

REFUSALS: Final = (UsageError, ConflictError, BusyError)
"""What a person asked for that cannot be done; said on the page it was asked from."""

TONES: Final[Mapping[str, str]] = {
    OutcomeKind.ACCEPTED: "good",
    OutcomeKind.REDIRECTED: "warn",
    OutcomeKind.REFUSED: "warn",
    OutcomeKind.FAILED: "bad",
    OutcomeKind.TIMED_OUT: "slow",
    OutcomeKind.UNKNOWN: "mute",
}
"""The colour of each outcome; no connection, in all its ways, has the one that is not named."""
NO_CONNECTION: Final = "gone"


def service() -> Service:
    """Return the service of the app that answers."""
    found: Service = current_app.extensions[EXTENSION]
    return found


def wants_page() -> bool:
    """Return whether who asks would rather have a page than JSON; curl and programs would not."""
    accepted = request.accept_mimetypes
    return accepted.best_match(["application/json", "text/html"]) == "text/html"


def tone_of(outcome: Outcome | None) -> str:
    """Return the colour an outcome is shown in."""
    return "mute" if outcome is None else TONES.get(outcome.kind, NO_CONNECTION)


@dataclass(frozen=True, slots=True)
class Names:
    """What subscriptions are called, by their number."""

    by_number: Mapping[int, str]

    def of(self, number: int, url: str) -> str:
        """Return a subscription's name; where it has none, or has ended, its URL without the scheme."""
        return self.by_number.get(number) or url.partition("://")[2]


def subscriptions() -> list[dict[str, Any]]:
    """Return every subscription that has not ended, as the API shows it, its last outcome in colour."""
    found = service()
    values = [found.subscription_value(view) for view in found.directory.views(SubscriptionQuery())]
    for value in values:
        last = value["last_outcome"] and Outcome(**value["last_outcome"])
        value |= {"last": last, "tone": tone_of(last)}
    return values


def names() -> Names:
    """Return what subscriptions are called."""
    views = service().directory.views(SubscriptionQuery())
    return Names({view.id: view.stored.subscription.name for view in views if view.stored})


def empty_left_out() -> dict[str, str]:
    """Return the query of the request without what was left empty in its form."""
    return {name: text.strip() for name, text in request.args.items() if text.strip()}
