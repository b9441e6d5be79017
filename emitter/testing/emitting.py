"""`ZoomEmitter`: sends a receiver under test what Zoom sends, and what Zoom never would."""

from __future__ import annotations

import copy
import difflib
from contextlib import ExitStack
from dataclasses import replace
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final, Self

from emitter.catalog.events import Catalog
from emitter.core.faults import FAULTS, body_with, check_count, pieces_with, postings_with
from emitter.core.schedule import NO_RETRIES, RetrySchedule
from emitter.core.secrets import SecretToken
from emitter.core.subscription import OAuth
from emitter.core.zoom import DEADLINE_S
from emitter.errors import InvalidSettingError, UnknownNameError
from emitter.faking.ids import new_identity
from emitter.faking.known import NOTHING
from emitter.settings.authentication import parse_auth
from emitter.testing.clock import ZoomClock
from emitter.testing.emitted import Emitted, ZoomRequest
from emitter.testing.judge import Judge
from emitter.testing.making import EventMaker, as_dict
from emitter.testing.posting import Postman
from emitter.testing.receivers import reached

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emitter.core.deliveries import Delivery
    from emitter.core.events import Event
    from emitter.core.handshake import Handshake
    from emitter.core.request import Identity
    from emitter.core.subscription import Auth
    from emitter.faking.known import Known

__tracebackhide__ = True  # pytest shows the line of the test in place of ours

PATH: Final = "/webhooks/zoom"
SEED: Final = "zoom"
_HEADER: Final = "header:"


class ZoomEmitter:
    """Sends events to one receiver. Use it as a context manager, so that what it starts is stopped.

    Args:
        receiver: A WSGI or ASGI app, a test client of Flask, Django, FastAPI or Starlette, a URL, or
            ``module:app``.
        secret_token: What the receiver verifies with.
        path: Where an app takes webhooks. A URL has its own.
        seed: What the values of events follow from.
        locale: Whose names and texts, as ``ja_JP``; several with commas; those of twenty where empty.
        clock: What requests are signed with; the machine's where none is given.
        timeout_s: The whole time the receiver has to answer, in seconds.
        catalog: The events there are; those of the bundled document where none is given.
        known: Whom and what the receiver knows already; nothing else is told of.
        auth: What comes beside the signature: ``basic:USER:PASSWORD``, ``legacy:TOKEN`` or
            ``header:NAME: VALUE``; what follows the mode or the name may be ``env:NAME`` or ``@FILE``.
        allow_hosts: Public hosts that may be sent to.
        judge: Explains assertions that fail; one is started then where none is given.

    Raises:
        UsageError: The receiver is none, the URL may not be used, or there is no such locale.
    """

    def __init__(  # noqa: PLR0913 - each has a default but the key
        self,
        receiver: Any,
        *,
        secret_token: str,
        path: str = PATH,
        seed: str = SEED,
        locale: str = "",
        clock: ZoomClock | None = None,
        timeout_s: float = DEADLINE_S,
        catalog: Catalog | None = None,
        known: Known = NOTHING,
        auth: str = "",
        allow_hosts: Sequence[str] = (),
        judge: Judge | None = None,
    ) -> None:
        self.clock = clock or ZoomClock()
        self.secret_token = SecretToken(secret_token)
        self._maker = EventMaker(
            catalog or Catalog.bundled(), seed=seed, locale=locale, clock=self.clock, known=known
        )
        self.postman = Postman(
            reached(receiver, path),
            self.secret_token,
            clock=self.clock,
            timeout_s=timeout_s,
            auth=_auth(auth),
            allow_hosts=tuple(allow_hosts),
        )
        self._auth = auth
        self.judge = judge or Judge()
        self._owns_judge = judge is None
        self._rng = SystemRandom()
        self._faults: tuple[str, ...] = ()
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self._running.enter_context(self.postman.started())
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
        if self._owns_judge:
            self.judge.close()

    def __repr__(self) -> str:
        return f"ZoomEmitter({self.url!r})"

    @property
    def url(self) -> str:
        """Where requests go, or what the app is told."""
        return self.postman.url

    def event(
        self, name: str = "", changes: Mapping[str, Any] | None = None, *, without: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Return a realistic event, as a receiver reads it; sends nothing.

        Args:
            name: The event's full name, or its last part; any where empty.
            changes: Values by path, as ``playlist_name`` or ``payload.account_id``.
            without: Paths that are left out.

        Raises:
            UnknownNameError: There is no such event, or it has no such path.
            InvalidPayloadError: A value is not what the event's schema allows.
        """
        return as_dict(self._maker.event(name, changes, without=without))

    def request(self, event: str | Mapping[str, Any] = "") -> ZoomRequest:
        """Return an event's signed request, with the faults; sends nothing.

        Args:
            event: A name as in `event`, or the event itself.
        """
        made = self._event(event, None, ())
        _, body = body_with(self._known_faults(), made.name, made.envelope)
        return ZoomRequest.of(self.postman.request(self._delivery(made.name, body, self._identity())))

    def emit(
        self,
        event: str | Mapping[str, Any] = "",
        changes: Mapping[str, Any] | None = None,
        *,
        without: Sequence[str] = (),
        retry: str = "none",
    ) -> Emitted:
        """Send an event, and again as often as the schedule has it; nothing waits.

        Args:
            event: A name as in `event`, or the event itself, whatever it says.
            changes: As in `event`; for names only.
            without: Likewise.
            retry: ``none``, ``zoom`` or waits such as ``5m,20m``.

        Raises:
            UsageError: The event, a fault or the schedule cannot be used.
        """
        made = self._event(event, changes, without)
        *before, last = self._sent([made], RetrySchedule.parse(retry))
        return replace(last, before=tuple(before))

    def story(self, name: str, *, retry: str = "none") -> list[Emitted]:
        """Send the events of a story, one after the other, and return them in the order in which they went.

        Args:
            name: As ``zoom-emitter events stories`` lists them.
            retry: As in `emit`.

        Raises:
            UsageError: There is no such story, or a fault or the schedule cannot be used.
        """
        return self._sent(self._maker.story(name), RetrySchedule.parse(retry))

    def replay(self, emitted: Emitted) -> Emitted:
        """Send a delivery once more: the same body and request id under a new signature, as a retry is."""
        delivery = self._delivery(emitted.event, emitted.body, emitted.identity)
        attempts = self.postman.attempts(delivery, NO_RETRIES)
        return Emitted(emitted.event, emitted.body, emitted.identity, attempts, self._faults, self)

    def validate(self) -> Handshake:
        """Perform Zoom's URL validation; `Handshake.verdict` says whether Zoom would take the answer."""
        return self.postman.handshake(self._rng)

    def faults(self, *names: str) -> ZoomEmitter:
        """Return an emitter to the same receiver that deviates from Zoom in what the names say.

        Args:
            names: As ``zoom-emitter emit --list-faults`` lists them.

        Raises:
            UnknownNameError: There is no such fault.
            InvalidSettingError: It takes a connection, and the receiver is in this process.
        """
        for name in names:
            if name not in FAULTS:
                nearest = tuple(difflib.get_close_matches(name, FAULTS, n=1))
                raise UnknownNameError("fault", name, nearest, "`zoom-emitter emit --list-faults` shows them")
        chosen = (*self._faults, *names)
        if self.postman.inside and pieces_with(FAULTS[name] for name in chosen):
            raise InvalidSettingError(
                f"the fault {names[-1]!r} is about a connection, and this receiver has none; give a URL"
            )
        twin = copy.copy(self)
        twin._faults = chosen  # noqa: SLF001 - of the same class
        return twin

    def asked(self, question: dict[str, str]) -> dict[str, Any]:
        """Ask the judge about this receiver; it may send requests of its own.

        Raises:
            EmitterError: It cannot answer.
        """
        return self.judge.ask({"about": self.judges_options(), **question}, transport=self.postman.inside)

    def judges_options(self) -> dict[str, Any]:
        """Return what the judge has to know of the receiver."""
        return {
            "receiver-url": self.url,
            "secret-token": self.secret_token.reveal(),
            "relayed": self.postman.inside is not None,
            "allow-host": ",".join(self.postman.subscription.allowed_hosts),
            "header" if self._auth.startswith(_HEADER) else "auth": self._auth.removeprefix(_HEADER),
        }

    def _known_faults(self) -> list[Any]:
        return [FAULTS[name] for name in self._faults]

    def _event(
        self, event: str | Mapping[str, Any], changes: Mapping[str, Any] | None, without: Sequence[str]
    ) -> Event:
        if isinstance(event, str):
            return self._maker.event(event, changes, without=without)
        if changes or without:
            raise InvalidSettingError("changes are for events by name; change your own event yourself")
        return self._maker.own(event)

    def _sent(self, events: Sequence[Event], schedule: RetrySchedule) -> list[Emitted]:
        faults = self._known_faults()
        check_count(faults, len(events))
        bodies = [body_with(faults, event.name, event.envelope) for event in events]
        identities: dict[int, Identity] = {}
        sent = []
        for name, body, number in postings_with(faults, bodies):
            identity = identities.setdefault(number, self._identity())
            attempts = self.postman.attempts(self._delivery(name, body, identity), schedule)
            sent.append(Emitted(name, body, identity, attempts, self._faults, self))
        return sent

    def _identity(self) -> Identity:
        return new_identity(self._rng, client_id=self.postman.subscription.client_id)

    def _delivery(self, event: str, body: bytes, identity: Identity) -> Delivery:
        return self.postman.delivery(event, body, identity, self._faults)


def _auth(text: str) -> Auth:
    if text.startswith(_HEADER):
        return parse_auth(None, text.removeprefix(_HEADER))
    auth = parse_auth(text)
    if isinstance(auth, OAuth):
        raise InvalidSettingError("oauth takes a token endpoint; `zoom-emitter check --auth oauth:…` has one")
    return auth
