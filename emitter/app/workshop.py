"""What every part of the service works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from emitter.app.directory import Directory
    from emitter.app.settings import AppSettings
    from emitter.catalog.events import Catalog
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store
    from emitter.delivery.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What every part of the service works with; each of it is safe for threads.

    Attributes:
        settings: What the one who started the app decided.
        catalog: The events there are.
        store: The record.
        vault: Seals and opens secrets.
        directory: Finds subscriptions, opened.
        clock: What requests are signed with and retries wait by.
        rng: Where ids, seeds and secret tokens come from.
    """

    settings: AppSettings
    catalog: Catalog
    store: Store
    vault: Vault
    directory: Directory
    clock: Clock
    rng: Random
