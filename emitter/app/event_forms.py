"""What one may ask to be sent: events, stories, streams, what was sent before.

Annotations are read at run time here, so they are not postponed.
"""

from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from emitter.app.fields import (
    boolean,
    integer,
    json_object,
    number,
    text,
)
from emitter.app.forms import Form, described, wrong
from emitter.app.readers import (
    MAX_BODY_CHARS,
    MAX_COUNT,
    MAX_RATE,
    fault_names,
    name_text,
    number_of,
    paths,
    patterns,
    seed_text,
    stream_duration,
)

_NOT_WITH_A_BODY: Final = ("payload", "overrides", "unset", "seed")


class EventForm(Form):
    """``POST /api/events``: a generated event, a payload of one's own, or an exact body."""

    model_config = described(
        anyOf=[
            {"required": ["event"], "not": {"required": ["body"]}},
            {"required": ["body"], "not": {"anyOf": [{"required": [name]} for name in _NOT_WITH_A_BODY]}},
        ]
    )

    event: Annotated[str | None, name_text] = None
    count: Annotated[int, integer(1, MAX_COUNT)] = 1
    seed: Annotated[str | None, seed_text] = None
    overrides: Annotated[dict[str, Any] | None, json_object] = None
    unset: Annotated[tuple[str, ...], paths] = ()
    force: Annotated[bool, boolean] = False
    faults: Annotated[tuple[str, ...], fault_names] = ()
    payload: Annotated[dict[str, Any] | None, json_object] = None
    body: Annotated[str | None, text(max_chars=MAX_BODY_CHARS)] = None
    subscription_id: Annotated[int | None, number_of, Field(alias="subscription")] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.body is not None:
            if other := next((name for name in _NOT_WITH_A_BODY if name in self.model_fields_set), None):
                raise wrong(
                    f"/{other}",
                    f"body is sent exactly as it is, so {other} cannot go with it; leave one of them out",
                )
        elif self.event is None:
            raise wrong(
                "/event", "this field is required unless a body is given; GET /api/events lists the names"
            )
        return self


class StoryForm(Form):
    """``POST /api/stories``: events that belong together, in their order."""

    story: Annotated[str, name_text]
    seed: Annotated[str | None, seed_text] = None
    index: Annotated[int, integer(0, 2**31 - 1)] = 0
    faults: Annotated[tuple[str, ...], fault_names] = ()
    subscription_id: Annotated[int | None, number_of, Field(alias="subscription")] = None


class StreamForm(Form):
    """``POST /api/streams``: events at a rate for a while."""

    model_config = described(**{"not": {"required": ["events", "story"]}})

    events: Annotated[tuple[str, ...], patterns] = ("*",)
    story: Annotated[str | None, name_text] = None
    rate: Annotated[float, number(0.01, MAX_RATE)]
    duration_s: Annotated[float, stream_duration, Field(alias="duration")]
    seed: Annotated[str | None, seed_text] = None
    faults: Annotated[tuple[str, ...], fault_names] = ()
    subscription_id: Annotated[int | None, number_of, Field(alias="subscription")] = None

    @model_validator(mode="after")
    def _events_or_story(self) -> Self:
        if self.story is not None and "events" in self.model_fields_set:
            raise wrong("/events", "story is given already; leave one of them out")
        return self


class ReplayForm(Form):
    """``POST /api/deliveries/{id}/replay``; without a subscription it goes where it went before."""

    subscription_id: Annotated[int | None, number_of, Field(alias="subscription")] = None
