"""What the one who starts the app decides, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
        worker_count: How many attempts are made at once.
    """

    database: Path
    allowed_hosts: tuple[str, ...] = ()
    secret_source: SecretSource | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    worker_count: int = 4
