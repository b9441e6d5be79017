"""Events, stories and streams of them.

Annotations are read at run time here, so they are not postponed.
"""

from http import HTTPStatus

from flask import Response

from emitter.app.api.answers import (
    EmittedAnswer,
    EventsAnswer,
    StoriesAnswer,
    StreamAnswer,
    StreamsAnswer,
    problems,
)
from emitter.app.api.routing import NUMBER, Numbered, found, group, service
from emitter.app.event_forms import EventForm, StoryForm, StreamForm
from emitter.app.forms import NothingForm
from emitter.app.problems import json_answer
from emitter.app.queries import NothingQuery
from emitter.app.values import delivery_value, stream_value

routes = group("events", "what is sent")


@routes.post(
    "/api/events",
    summary="Send an event to every subscription that wants it",
    responses={202: EmittedAnswer, **problems(409, 413, 415)},
)
def emit(body: EventForm) -> Response:
    """It is committed before the first byte goes out; its deliveries go out in the background."""
    seed, deliveries = service().emitting.emit(body)
    value = {"seed": seed, "deliveries": [delivery_value(delivery) for delivery in deliveries]}
    return json_answer(value, HTTPStatus.ACCEPTED)


@routes.get("/api/events", summary="List the events there are", responses={200: EventsAnswer})
def list_events(query: NothingQuery) -> Response:
    """In the order of their documents."""
    del query
    events = [{"name": event.name, "title": event.title} for event in service().catalog]
    return json_answer({"events": events})


@routes.post(
    "/api/stories",
    summary="Send the events of a story",
    responses={202: EmittedAnswer, **problems(409, 413, 415)},
)
def tell(body: StoryForm) -> Response:
    """Their ids, people, names and times agree; the last of them happens now."""
    seed, deliveries = service().emitting.tell(body)
    value = {"seed": seed, "deliveries": [delivery_value(delivery) for delivery in deliveries]}
    return json_answer(value, HTTPStatus.ACCEPTED)


@routes.get("/api/stories", summary="List the stories there are", responses={200: StoriesAnswer})
def list_stories(query: NothingQuery) -> Response:
    """With the events of each, in their order."""
    from emitter.faking.stories import stories_of  # noqa: PLC0415 - imports the generator

    del query
    stories = [
        {"name": story.name, "title": story.title, "events": [step.event for step in story.steps]}
        for story in stories_of(service().catalog)
    ]
    return json_answer({"stories": stories})


@routes.post(
    "/api/streams",
    summary="Send events at a rate for a while",
    responses={201: StreamAnswer, **problems(409, 413, 415)},
)
def start_stream(body: StreamForm) -> Response:
    """It ends with the app; what it accepted until then is delivered like everything else."""
    stream = service().streams.start(body)
    answer = json_answer(stream_value(stream), HTTPStatus.CREATED)
    answer.headers["Location"] = f"/api/streams/{stream.id}"
    return answer


@routes.get("/api/streams", summary="List streams, newest first", responses={200: StreamsAnswer})
def list_streams(query: NothingQuery) -> Response:
    """Those of this run of the app."""
    del query
    return json_answer({"streams": [stream_value(stream) for stream in service().streams.all()]})


@routes.get(f"/api/streams/{NUMBER}", summary="Show one", responses={200: StreamAnswer, **problems(404)})
def show_stream(path: Numbered, query: NothingQuery) -> Response:
    """How much it has made so far, and what became of it."""
    del query
    with found("stream", path.number):
        return json_answer(stream_value(service().streams.get(path.number)))


@routes.post(
    f"/api/streams/{NUMBER}/stop",
    summary="Stop one",
    responses={200: StreamAnswer, **problems(404, 413, 415)},
)
def stop_stream(path: Numbered, body: NothingForm) -> Response:
    """It makes nothing more; it can still be looked at."""
    del body
    with found("stream", path.number):
        return json_answer(stream_value(service().streams.stop(path.number)))
