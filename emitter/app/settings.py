"""What whoever starts the app decides, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.catalog.rest import RestDocument
    from emitter.delivery.carrier import BrokerUrl
    from emitter.delivery.places import Place
    from emitter.delivery.secret_sources import SecretSource

MAX_BODY_BYTES: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The app's settings.

    Attributes:
        database: The record; it also holds what is still to be sent.
        allowed_hosts: Names or addresses beyond this machine that subscriptions made through the app may
            lead to, in lower case.
        secret_source: Where the secret token of subscriptions that bring none comes from; None for the
            usual variables.
        environ: The variables, and the key of the vault.
        worker_count: How many attempts are made at once; none where workers make them.
        broker: What carries to workers elsewhere what is due; None where the app makes attempts itself.
        token_hash: The hash of the token that everyone who asks has to show, see `emitter.app.tokens`; empty
            where only this machine can ask, and then nothing has to be shown.
        public_hosts: Names, in lower case and with a port where it is not the scheme's own, under which a
            shared app is reached besides by address.
        rest_documents: Documents whose reads Zoom's API answers besides the bundled ones.
        answers_any_id: Whether it answers for ids that no event mentions, too.
    """

    database: Place
    allowed_hosts: tuple[str, ...] = ()
    secret_source: SecretSource | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    worker_count: int = 16
    broker: BrokerUrl | None = None
    token_hash: str = field(default="", repr=False)
    public_hosts: tuple[str, ...] = ()
    rest_documents: tuple[RestDocument, ...] = ()
    answers_any_id: bool = False

    @property
    def is_shared(self) -> bool:
        """Whether others than those at this machine may ask."""
        return bool(self.token_hash)
