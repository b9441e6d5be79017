"""Adds the pages to the app: their routes, what their templates know, errors as pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, make_response, render_template, request

from emitter._version import __version__
from emitter.app.pages import assets, charts, deliveries, home, readable, streaming, subscriptions
from emitter.app.pages.showing import service, wants_page
from emitter.app.pages.subscribing import SubscriptionDraft
from emitter.app.problems import PROBLEM_JSON
from emitter.app.settings import MAX_BODY_BYTES
from emitter.core.attempt_forms import outcome_text, virtual_text
from emitter.core.schedule import format_duration

if TYPE_CHECKING:
    from flask import Flask

_FILTERS: Final = (
    readable.body_text,
    readable.breakable,
    readable.clock_text,
    readable.iso_text,
    readable.latency_text,
    readable.plural,
    readable.short_name,
    readable.size_text,
    readable.visible,
    readable.visible_pairs,
    readable.wait_text,
    format_duration,
    outcome_text,
    virtual_text,
)


def add_pages(app: Flask) -> None:
    """Add every page, the files they load, and a page for every problem that a person meets."""
    for pages in (home, deliveries, subscriptions, streaming, charts, assets):
        app.register_blueprint(pages.routes)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update({each.__name__: each for each in _FILTERS})
    app.jinja_env.globals.update(
        {
            "blank_subscription": SubscriptionDraft,
            "now_ms": _now_ms,
            "version": __version__,
        }
    )
    app.after_request(_as_page)


def _now_ms() -> int:
    return service().clock.now_ms()


def _as_page(answer: Response) -> Response:
    """Return a problem as a page to who asked for one; everything else as it is."""
    if answer.mimetype != PROBLEM_JSON or request.path.startswith("/api/") or not wants_page():
        return answer
    value = answer.get_json(force=True)
    is_signed_out = answer.status_code == HTTPStatus.UNAUTHORIZED
    page = make_response(
        render_template("problem.html", problem=value, is_bare=is_signed_out), answer.status_code
    )
    page.headers.extend(
        (name, text)
        for name, text in answer.headers
        if name.lower() not in {"content-type", "content-length"}
    )
    return page
