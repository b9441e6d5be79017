"""Makes the Flask app: the emitter as a service that one leaves running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from emitter.app.control import add_control
from emitter.app.guard import guard
from emitter.app.problems import answer_errors
from emitter.app.service import Service
from emitter.app.settings import MAX_BODY_BYTES
from emitter.catalog.events import Catalog
from emitter.delivery.clock import SystemClock
from emitter.delivery.store import Store
from emitter.delivery.vault import Vault, key_file_beside

if TYPE_CHECKING:
    from emitter.app.settings import AppSettings
    from emitter.delivery.clock import Clock


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
    """
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.url_map.merge_slashes = False
    vault = Vault(key_file_beside(settings.database), settings.environ)
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
    guard(app)
    answer_errors(app)
    add_control(app, service)
    return app
