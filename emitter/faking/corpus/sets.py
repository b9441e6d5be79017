"""The coverage and the hostile set of a corpus, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitter.catalog.events import Catalog
from emitter.faking.corpus.settings import COVERAGE
from emitter.faking.fixture_files import coverage_files, hostile_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.faking.corpus.making import Making


def files_of(name: str, making: Making) -> Iterator[tuple[str, bytes, int]]:
    """Yield the files of a set: path in the set's folder, content, how many requests' exact body it is."""
    settings = making.settings
    wanted = [
        event_type for event_type in making.catalog if event_type.name in (settings.wanted or making.catalog)
    ]
    catalog, now_s = Catalog(tuple(wanted)), settings.start_ms // 1000
    if name == COVERAGE:
        files = coverage_files(
            catalog=catalog,
            secret_token=making.secret_token,
            seed=settings.seed,
            now_s=now_s,
            pools=making.pools,
        )
    else:
        files = hostile_files(
            catalog=catalog,
            secret_token=making.secret_token,
            seed=settings.seed,
            now_s=now_s,
            pools=making.pools,
        )
    for file in files:
        yield file.name, file.content, int(file.name.endswith(".body"))
