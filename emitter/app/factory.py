"""Makes the Flask app: the emitter as a service that one leaves running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from emitter._version import __version__
from emitter.app.api import calls, deliveries, events, health, subscriptions
from emitter.app.api.answers import Problem
from emitter.app.api.documents import documents
from emitter.app.api.live import live
from emitter.app.api.requests import read_strictly
from emitter.app.api.routing import EXTENSION, NumberConverter
from emitter.app.forms import invalid_fields
from emitter.app.guard import OPEN_TO_ALL, guard
from emitter.app.pages.site import add_pages
from emitter.app.problems import answer_errors
from emitter.app.service import Service
from emitter.app.settings import MAX_BODY_BYTES
from emitter.app.sign_in import sign_in
from emitter.app.zoom.routes import answer_as_zoom
from emitter.catalog.events import Catalog
from emitter.delivery.clock import SystemClock
from emitter.delivery.store import Store
from emitter.delivery.vault import vault_of

if TYPE_CHECKING:
    from flask import Flask
    from pydantic import ValidationError

    from emitter.app.settings import AppSettings
    from emitter.delivery.clock import Clock

_DESCRIPTION = """Subscribe endpoints, send them events as Zoom does, and read what came of each attempt.

What does not fit this document is refused with 422, what fits it but not what is here with 409, always with a
problem (RFC 9457) that says what was given, what was expected, and the way out. `GET /api/live` tells what
happens as server-sent events."""


def create_app(settings: AppSettings, *, catalog: Catalog | None = None, clock: Clock | None = None) -> Flask:
    """Return the app, its record open and its workers at work.

    ``app.extensions["zoom_emitter"].close()`` stops them; what is pending then goes on with the next app on
    the same record. Does nothing about signals, and listens nowhere: that is the server's business.

    Args:
        settings: What the one who starts it decides.
        catalog: The events there are; the bundled ones where none is given.
        clock: What requests are signed with and retries wait by; the system's unless a test wants another.

    Raises:
        StoreError: The record cannot be opened.
        InvalidSettingError: Machines share it, and there is no key for what is sealed in it.
    """
    app = _described(settings)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.url_map.merge_slashes = False
    app.url_map.converters["number"] = NumberConverter
    vault = vault_of(settings.database, settings.environ)
    vault.check_key()
    store = Store.open(settings.database, vault=vault)
    try:
        service = Service(
            settings,
            catalog=catalog or Catalog.bundled(),
            store=store,
            vault=vault,
            clock=clock or SystemClock(),
        )
        service.start()
    except BaseException:
        store.close()
        raise
    app.extensions[EXTENSION] = service
    guard(app, settings)
    answer_as_zoom(app)
    read_strictly(app)
    answer_errors(app)
    for group in (subscriptions, events, deliveries, calls, health):
        app.register_api(group.routes)
    for blueprint in (documents, live, sign_in):
        app.register_blueprint(blueprint)
    add_pages(app)
    for path in OPEN_TO_ALL & app.api_doc["paths"].keys():
        app.api_doc["paths"][path]["get"]["security"] = []
    return app


def _described(settings: AppSettings) -> OpenAPI:
    security: dict[str, Any] = {"security_schemes": {}}
    if settings.is_shared:
        security = {
            "security_schemes": {"token": {"type": "http", "scheme": "bearer"}},
            "openapi_extensions": {"security": [{"token": []}]},
        }
    return OpenAPI(
        __name__,
        info=Info(title="zoom-emitter", version=__version__, description=_DESCRIPTION),
        static_folder=None,
        doc_ui=False,
        validation_error_model=Problem,
        validation_error_callback=_refuse,
        **security,
    )


def _refuse(error: ValidationError) -> NoReturn:
    raise invalid_fields(error) from None
