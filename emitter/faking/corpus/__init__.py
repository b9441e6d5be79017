"""Corpora: as many signed events as one wants, from one seed, as files.

Data flows one way: `settings` say what is wanted, `programme` which story comes when, `telling` writes the
bodies of a story, `formats` the bytes of files, `ordering` puts arrivals in order, `outputs` writes; `labour`
spreads the work, `making` joins it all, `manifest` describes the whole, `verifying` checks it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emitter.faking.corpus.settings import Settings
    from emitter.faking.pools import Pools


def pools_of(settings: Settings) -> Pools:
    """Return what the names and texts of a corpus are picked from.

    Raises:
        UnknownNameError: Faker has no such locale.
    """
    from emitter.faking.pools import bundled_pools  # noqa: PLC0415 - and what it imports

    if settings.locales:
        from emitter.faking.locales import pools_for  # noqa: PLC0415 - imports Faker

        return pools_for(settings.locales, settings.seed)._replace(known=settings.known)
    return bundled_pools()._replace(known=settings.known)
