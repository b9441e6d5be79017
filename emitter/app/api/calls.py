"""The calls that receivers made of Zoom's own API, and that API's document.

Annotations are read at run time here, so they are not postponed.
"""

from flask import Response

from emitter.app.api.answers import CallsAnswer
from emitter.app.api.routing import group, next_page, service
from emitter.app.problems import json_answer
from emitter.app.queries import CallQuery
from emitter.app.values import call_value
from emitter.delivery.store.calls import find_calls

routes = group("calls", "what receivers asked of Zoom's own API")


@routes.get(
    "/api/calls",
    summary="List the calls of Zoom's API, newest first, a page at a time",
    responses={200: CallsAnswer},
)
def list_calls(query: CallQuery) -> Response:
    """Each with the delivery that led to it, as far as that can be told; `next` leads on."""
    page = find_calls(
        service().store, delivery_id=query.delivery_id, before_id=query.before, limit=query.limit + 1
    )
    has_more = len(page) > query.limit
    page = page[: query.limit]
    link = next_page(before=page[-1].id) if has_more else None
    return json_answer({"calls": [call_value(call) for call in page], "next": link})
