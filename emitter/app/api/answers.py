"""What the answers of the API hold, for its OpenAPI document; `emitter.app.values` makes them.

Annotations are read at run time here, so they are not postponed.
"""

from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from emitter.app.streams import StreamState
from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.core.revalidation import Consequence
from emitter.core.standing import SubscriptionState

PROBLEM_JSON: Final = "application/problem+json"


class _Answer(BaseModel):
    """An answer; keys are only ever added."""

    model_config = ConfigDict(extra="allow")


class Pointed(_Answer):
    """What is wrong with one field."""

    pointer: str
    detail: str


class Problem(_Answer):
    """An error (RFC 9457): what was given, what was expected, the way out."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Pointed] | None = None
    suggestions: list[str] | None = None
    pointer: str | None = None
    handshake: dict[str, Any] | None = None


class OutcomeAnswer(_Answer):
    """How an attempt ended."""

    kind: OutcomeKind
    status: int | None
    code: int | None
    detail: str


class SubscriptionAnswer(_Answer):
    """A subscription; of one whose credentials cannot be opened most is null, and `stuck` says why."""

    id: int
    name: str | None
    url: str | None
    secret_token_from: str | None
    events: list[str] | None
    auth: dict[str, Any] | None
    retry: str | None
    time_scale: float | None
    timeout: str | None
    verifies_tls: bool | None
    allowed_hosts: list[str] | None
    api_faults: list[str] | None
    created_at_ms: int | None
    validated_at_ms: int | None
    state: SubscriptionState
    is_paused: bool
    revalidate_at_ms: int | None
    failures_in_a_row: int
    pending: int
    next_due_at_ms: int | None
    last_outcome: OutcomeAnswer | None
    stuck: str | None
    handshake: dict[str, Any] | None = None


class SubscriptionsAnswer(_Answer):
    """A page of subscriptions."""

    subscriptions: list[SubscriptionAnswer]
    next: str | None


class DeliveryAnswer(_Answer):
    """A delivery."""

    id: int
    subscription: int
    event: str
    state: DeliveryState
    faults: list[str]
    request_id: str
    tracking_id: str
    created_at_ms: int
    due_at_ms: int | None
    retry_number: int
    virtual_ms: int


class SummaryAnswer(DeliveryAnswer):
    """A delivery with its endpoint and how its last attempt ended."""

    url: str
    attempts_made: int
    last_outcome: OutcomeAnswer | None


class AttemptAnswer(_Answer):
    """One attempt, both sides."""

    delivery: int
    event: str
    request_id: str
    state: DeliveryState
    attempt: int
    retry_number: int
    started_at_ms: int
    virtual_ms: int
    outcome: OutcomeKind
    status: int | None
    code: int | None
    detail: str
    connect_ms: float | None
    first_byte_ms: float | None
    total_ms: float
    next_retry_s: float | None
    request: dict[str, Any]
    answer: dict[str, Any] | None


class AttemptsAnswer(_Answer):
    """The attempts of one delivery."""

    attempts: list[AttemptAnswer]


class WholeDeliveryAnswer(SummaryAnswer):
    """A delivery with its exact body, text or base64, and its attempts."""

    body: str | None = None
    body_base64: str | None = None
    attempts: list[AttemptAnswer]


class DeliveriesAnswer(_Answer):
    """A page of deliveries."""

    deliveries: list[SummaryAnswer]
    next: str | None


class EmittedAnswer(_Answer):
    """What was accepted, and the seed that makes it again."""

    seed: str
    deliveries: list[DeliveryAnswer]


class NamedAnswer(_Answer):
    """An event or a story by its name."""

    name: str
    title: str


class EventsAnswer(_Answer):
    """The events there are."""

    events: list[NamedAnswer]


class StoryAnswer(NamedAnswer):
    """A story and the names of its events."""

    events: list[str]


class StoriesAnswer(_Answer):
    """The stories there are."""

    stories: list[StoryAnswer]


class StreamAnswer(_Answer):
    """A stream; it ends with the app."""

    id: int
    state: StreamState
    events: list[str] | None
    story: str | None
    rate: float
    duration: str
    seed: str
    faults: list[str]
    subscription: int | None
    started_at_ms: int
    events_made: int
    deliveries_made: int
    reason: str


class StreamsAnswer(_Answer):
    """The streams of this run of the app."""

    streams: list[StreamAnswer]


class CallAnswer(_Answer):
    """A call of Zoom's API, and the delivery that led to it."""

    id: int
    delivery: dict[str, Any] | None
    at_ms: int
    method: str
    path: str
    status: int
    code: int | None
    message: str
    fault: str
    took_ms: float


class CallsAnswer(_Answer):
    """A page of calls."""

    calls: list[CallAnswer]
    next: str | None


class NoticeAnswer(_Answer):
    """What Zoom would have told the owner of a subscription."""

    id: int
    subscription: int
    at_ms: int
    kind: Consequence
    detail: str


class NoticesAnswer(_Answer):
    """A page of notices."""

    notices: list[NoticeAnswer]
    next: str | None


class HandshakeAnswer(_Answer):
    """A handshake that was performed for a subscription."""

    id: int
    subscription: int | None
    kind: str
    started_at_ms: int
    outcome: OutcomeAnswer
    total_ms: float
    is_valid: bool
    reason: str


class HandshakesAnswer(_Answer):
    """The latest handshakes of a subscription, newest first."""

    handshakes: list[HandshakeAnswer]


class StatusAnswer(_Answer):
    """That all is well."""

    status: str


def problems(*statuses: int) -> dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]:
    """Return the answers of an operation that are problems, for its description."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {str(status): {"content": {PROBLEM_JSON: {"schema": schema}}} for status in statuses}
