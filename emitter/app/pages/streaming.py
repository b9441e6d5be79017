"""Streams: events at a rate for a while, begun by a form, looked at, stopped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, make_response, redirect, render_template, request

from emitter.app.api.routing import NUMBER, found
from emitter.app.event_forms import StreamForm
from emitter.app.pages.showing import REFUSALS, names, service, subscriptions
from emitter.app.values import stream_value
from emitter.errors import InvalidFieldsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

routes = Blueprint("stream_pages", __name__)
_BLANK: Final[Mapping[str, str]] = {"events": "*", "rate": "5", "duration": "1m"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDraft:
    """A stream that is being written.

    Attributes:
        values: What was typed, by field.
        mistakes: What is wrong, by field.
        error: Why nothing was begun, where no field is wrong.
    """

    values: Mapping[str, str] = field(default_factory=lambda: _BLANK)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@routes.get("/streams")
def show() -> Response:
    """Show the streams of this run of the app, and the form that begins one."""
    return _page(StreamDraft())


@routes.post("/streams")
def begin() -> AnyResponse:
    """Begin the stream that the form describes; the form comes back where it cannot be."""
    values = {name: text for name, text in request.form.items() if name != "form_token"}
    try:
        service().streams.start(StreamForm.read(_asked(values)))
    except InvalidFieldsError as error:
        # The first mistake of a field is the one that is told; those of one event stand beside all.
        mistakes = {
            pointer.removeprefix("/").partition("/")[0]: text for pointer, text in reversed(error.errors)
        }
        draft = StreamDraft(values=values, mistakes=mistakes)
        return _page(draft, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except REFUSALS as error:
        return _page(StreamDraft(values=values, error=str(error)), status=HTTPStatus.CONFLICT)
    return redirect("/streams", HTTPStatus.SEE_OTHER)


@routes.post(f"/streams/{NUMBER}/stop")
def stop(number: int) -> AnyResponse:
    """End a stream; what it has accepted is delivered."""
    with found("stream", number):
        service().streams.stop(number)
    return redirect("/streams", HTTPStatus.SEE_OTHER)


def _asked(values: Mapping[str, str]) -> dict[str, Any]:
    """Return what the API would be asked for; what was left empty is not asked for."""
    asked: dict[str, Any] = {name: values.get(name, "").strip() for name in ("rate", "duration")}
    asked["rate"] = _number(asked["rate"])
    if story := values.get("story"):
        asked["story"] = story
    elif events := [each for each in re.split(r"[\s,]+", values.get("events", "")) if each]:
        asked["events"] = events
    if subscription := values.get("subscription"):
        asked["subscription"] = _number(subscription)
    return asked


def _number(text: str) -> float | str:
    """Return a number, or the text where it is none, for the form to say what it wants."""
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def _page(draft: StreamDraft, *, status: int = HTTPStatus.OK) -> Response:
    from emitter.faking.stories import STORIES  # noqa: PLC0415 - imports the generator

    page = render_template(
        "streams.html",
        draft=draft,
        streams=[stream_value(stream) for stream in service().streams.all()],
        stories=[*STORIES],
        subscriptions=subscriptions(),
        names=names(),
    )
    return make_response(page, status)
