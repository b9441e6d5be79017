"""Opens the session of a run inside this process."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from random import Random
from typing import TYPE_CHECKING, Any

from contracts.bodies import Workshop
from contracts.pacing import Pacer
from contracts.session import Session
from emitter.delivery.inprocess.asgi import AsgiTransport
from emitter.delivery.inprocess.loading import is_asgi
from emitter.delivery.inprocess.wsgi import WsgiTransport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.observers import Observer
    from contracts.scope import Scope


@contextmanager
def app_session(
    scope: Scope,
    app: Any,
    *,
    budget_s: float,
    per_second: float | None = None,
    observer: Observer | None = None,
) -> Iterator[Session]:
    """Give a session that calls an app; raw bytes it cannot send. An ASGI app's lifespan runs around it.

    Args:
        scope: Holds the receiver, whose URL is what the app is told it was asked under.
        app: A WSGI or an ASGI app.
        budget_s: How long the run may take, in seconds from now.
        per_second: How many requests may be made in a second; None for no limit.
        observer: Sees the app's effects; None where there is none.

    Raises:
        UsageError: The app says that it cannot start.
    """
    transport = AsgiTransport(app) if is_asgi(app) else WsgiTransport(app)
    with transport.started() if isinstance(transport, AsgiTransport) else nullcontext():
        yield Session(
            scope.receiver,
            transport=transport,
            workshop=Workshop(
                scope.catalog,
                seed=scope.seed,
                rng=Random(scope.seed),  # noqa: S311 - no secrets
                pools=scope.pools,
            ),
            pacer=Pacer(budget_s=budget_s, per_second=per_second),
            observer=observer,
        )
