"""Whether all is well, and how it goes: for those who watch.

Annotations are read at run time here, so they are not postponed.
"""

from http import HTTPStatus

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST

from emitter.app.api.answers import StatusAnswer
from emitter.app.api.routing import group, service
from emitter.app.problems import json_answer, problem
from emitter.app.queries import NothingQuery
from emitter.delivery.store.app_timetable import active_ids
from emitter.delivery.store.database import WRITE
from emitter.errors import QueueError

routes = group("health", "whether all is well")


@routes.get("/healthz", summary="Say whether all is well", responses={200: StatusAnswer})
def health(query: NothingQuery) -> Response:
    """The record can be read, and the workers are at work."""
    del query
    active_ids(service().store)
    if not service().is_working():
        return _worker_ended()
    return json_answer({"status": "ok"})


@routes.get("/readyz", summary="Say whether events are accepted", responses={200: StatusAnswer})
def ready(query: NothingQuery) -> Response:
    """The record can be written, too, and the queue reached where workers make the attempts."""
    del query
    with service().store.transaction(WRITE):
        pass
    try:
        service().check_queue()
    except QueueError as error:
        detail = f"{error}; events are accepted all the same, and wait in the record"
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    if not service().is_working():
        return _worker_ended()
    return json_answer({"status": "ready"})


@routes.get(
    "/metrics",
    summary="Give the numbers Prometheus collects",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(query: NothingQuery) -> Response:
    """Deliveries by how they ended, latency of attempts, queue depth, lag."""
    del query
    return Response(service().metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _worker_ended() -> Response:
    detail = "a worker has ended; restart the app, nothing is lost"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
