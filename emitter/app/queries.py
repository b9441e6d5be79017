"""What lists may be asked for.

Annotations are read at run time here, so they are not postponed.
"""

from typing import Annotated

from pydantic import Field

from emitter.app.fields import (
    flag,
    one_of,
)
from emitter.app.forms import Form
from emitter.app.readers import MAX_PAGE, moment_in_query, name_text, number_in_query, page_size
from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.core.standing import SubscriptionState
from emitter.delivery.store import DeliveryFilter


class SubscriptionQuery(Form):
    """The query of ``GET /api/subscriptions``; `after` is the number the page before ended with."""

    state: Annotated[SubscriptionState | None, one_of(SubscriptionState)] = None
    event: Annotated[str | None, name_text] = None
    is_paused: Annotated[bool | None, flag] = None
    limit: Annotated[int, page_size] = MAX_PAGE
    after: Annotated[int, number_in_query] = 0


class DeliveryQuery(Form):
    """The query of ``GET /api/deliveries``; `before` is the number the page before ended with."""

    event: Annotated[str | None, name_text] = None
    outcome: Annotated[OutcomeKind | None, one_of(OutcomeKind)] = None
    state: Annotated[DeliveryState | None, one_of(DeliveryState)] = None
    subscription_id: Annotated[int | None, number_in_query, Field(alias="subscription")] = None
    since_ms: Annotated[int | None, moment_in_query, Field(alias="since")] = None
    until_ms: Annotated[int | None, moment_in_query, Field(alias="until")] = None
    limit: Annotated[int, page_size] = 50
    before: Annotated[int | None, number_in_query] = None

    def wanted(self) -> DeliveryFilter:
        """Return the filter as the record takes it."""
        return DeliveryFilter(
            event=self.event or "",
            outcome=self.outcome,
            state=self.state,
            since_ms=self.since_ms,
            until_ms=self.until_ms,
            subscription_id=self.subscription_id,
        )


class NoticeQuery(Form):
    """The query of ``GET /api/notices``; `before` is the number the page before ended with."""

    subscription_id: Annotated[int | None, number_in_query, Field(alias="subscription")] = None
    limit: Annotated[int, page_size] = 50
    before: Annotated[int | None, number_in_query] = None


class CallQuery(Form):
    """The query of ``GET /api/calls``; `before` is the number the page before ended with."""

    delivery_id: Annotated[int | None, number_in_query, Field(alias="delivery")] = None
    limit: Annotated[int, page_size] = 50
    before: Annotated[int | None, number_in_query] = None


class NothingQuery(Form):
    """No query at all."""
