"""Makes a corpus: every set, where it is wanted, then its manifest."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, Protocol

from emitter.core.signing import sign
from emitter.faking.corpus.formats import BodiesAndHeaders, Framing, RawRequests
from emitter.faking.corpus.labour import Worker, results
from emitter.faking.corpus.manifest import Manifest, made_by
from emitter.faking.corpus.ordering import Ordering, received_ms_of, without_key
from emitter.faking.corpus.outputs import Outputs, Separate
from emitter.faking.corpus.requests import TEST_SECRET_TOKEN
from emitter.faking.corpus.sets import files_of
from emitter.faking.corpus.settings import REALISTIC
from emitter.faking.corpus.targets import Progress
from emitter.faking.corpus.truth import is_truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.corpus.outputs import FileEntry, Sizes
    from emitter.faking.corpus.realistic import Realistic
    from emitter.faking.corpus.settings import Settings
    from emitter.faking.corpus.targets import Target
    from emitter.faking.pools import Pools

ASIDE: Final = "arrivals"
"""The folder, in that of an unfinished corpus, of what waits for its turn."""

TASKS_A_NOTE: Final = 16
"""How many tasks pass until it is noted how far the corpus has come."""


class Writing(Protocol):
    """Where pieces go: `Outputs`, `Separate`, `Stream`."""

    def write(self, path: str, data: bytes, events: int) -> None:
        """Add to a file."""

    def finish(self) -> list[FileEntry]:
        """Close all files and return them."""

    def go_on(self, sizes: Sizes) -> None:
        """Take files up where they were left."""

    def sizes(self) -> Sizes:
        """Return how far the files have come."""

    def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """The making of one corpus.

    Attributes:
        settings: What is wanted.
        catalog: The events there are.
        pools: What names and texts are picked from.
        secret_token: Signs.
        jobs: How many processes work.
        on_progress: Called with how many events of the realistic set are done.
        on_going_on: Called with how many are done already when an interrupted run is gone on with.
        is_one_file: Whether the realistic set goes into one file, whatever its format.
    """

    settings: Settings
    catalog: Catalog
    pools: Pools
    secret_token: SecretToken
    jobs: int = 1
    on_progress: Callable[[int], object] = id
    on_going_on: Callable[[int], object] = id
    is_one_file: bool = False

    @property
    def is_test_secret(self) -> bool:
        """Whether the published secret token signs, so that a manifest may name it."""
        return self.secret_token.key() == TEST_SECRET_TOKEN.encode()

    def worker(self) -> Worker:
        """Return what other processes need."""
        return Worker(self.settings, self.catalog, self.pools, self.secret_token, self.is_one_file)

    def into(self, target: Target, *, command: str) -> Manifest:
        """Make the corpus where it is wanted.

        Args:
            target: Where.
            command: What the manifest says makes it again.

        Raises:
            InvalidSettingError: Something is there already.
            OSError: It cannot be written; what was is kept, and the same call goes on from there.
        """
        progress = target.begin(self._known())
        files: list[FileEntry] = []
        counts: dict[str, int] = {}
        for name in self.settings.sets:
            if name == REALISTIC:
                realistic = self.worker().realistic()
                made = self._write(realistic, target, progress)
                counts |= {"stories": len(realistic.stories), "events": realistic.events}
                if realistic.is_stream:
                    arrived = (file.events for file in made if "/truth/" not in file.path)
                    counts["deliveries"] = sum(arrived)
            else:
                made = self._files(name, target.staging)
                counts[f"{name}_events"] = sum(file.events for file in made)
            files += made
        manifest = Manifest(
            made_by=self._made_by(),
            command=command,
            settings=self.settings,
            secret_token=TEST_SECRET_TOKEN if self.is_test_secret else None,
            counts=counts,
            files=tuple(sorted(files)),
        )
        target.finish(manifest)
        return manifest

    def _made_by(self) -> dict[str, str]:
        return made_by(self.catalog, faker_version=self.pools.faker_version)

    def _known(self) -> dict[str, Any]:
        """Return what decides the bytes, as JSON; of the secret token no more than a corpus tells anyway."""
        told = sign(self.secret_token, timestamp_s=0, body=b"")
        return {"settings": self.settings.as_json(), "made_by": self._made_by(), "signed": told}

    def writing(self, realistic: Realistic, folder: Path) -> Writing:
        """Return where the realistic set is written below a folder."""
        form = realistic.format
        if isinstance(form, BodiesAndHeaders) or (isinstance(form, RawRequests) and not self.is_one_file):
            return Separate(folder)
        return Outputs(folder, framing=form.framing, compress=self.settings.compress)

    def run(
        self,
        realistic: Realistic,
        writing: Writing,
        aside: Path,
        *,
        truth: Writing | None = None,
        first: int | None = None,
    ) -> Iterator[int]:
        """Write the realistic set, and yield the number of the next story whenever a few are written.

        Args:
            realistic: The set.
            writing: Where it goes.
            aside: A folder for what does not fit into memory.
            truth: Where the truth goes, for streams.
            first: The story to go on from.
        """
        settings = self.settings
        ordering = Ordering(
            aside, start_ms=settings.start_ms, span_ms=settings.span_ms, lines=realistic.events
        )
        begun = realistic.stories.start if first is None else first
        if realistic.is_stream and begun > realistic.stories.start:
            self._remember(realistic, ordering, before=begun)
        done = realistic.events_in(range(realistic.stories.start, begun))
        for result in results(self.worker(), realistic, first=begun, jobs=self.jobs):
            following = result.stories.stop
            for piece in result.pieces:
                writing.write(*piece)
            if result.arrivals:
                ordering.add(result.arrivals)
                is_last = following == realistic.stories.stop
                _write_arrived(
                    ordering, None if is_last else realistic.start_ms(following), realistic, writing
                )
            for piece in result.truth if truth else ():
                truth.write(*piece)  # type: ignore[union-attr]
            done += realistic.events_in(result.stories)
            self.on_progress(done)
            yield following

    def _write(self, realistic: Realistic, target: Target, progress: Progress | None) -> list[FileEntry]:
        folder = target.staging / REALISTIC
        writing = self.writing(realistic, folder)
        truth = Outputs(folder, framing=Framing()) if realistic.is_stream else None
        first = None
        if progress:
            writing.go_on({path: left for path, left in progress.sizes.items() if not is_truth(path)})
            if truth:
                truth.go_on({path: left for path, left in progress.sizes.items() if is_truth(path)})
            first = progress.story
            self.on_going_on(realistic.events_in(range(realistic.stories.start, first)))
        aside = target.staging / ASIDE
        shutil.rmtree(aside, ignore_errors=True)
        tasks = 0
        with closing(writing), closing(truth or writing):
            for following in self.run(realistic, writing, aside, truth=truth, first=first):
                tasks += 1
                if tasks % TASKS_A_NOTE == 0:
                    sizes = writing.sizes() | (truth.sizes() if truth else {})
                    target.save(self._known(), Progress(following, sizes))
            made = writing.finish() + (truth.finish() if truth else [])
        return [file._replace(path=f"{REALISTIC}/{file.path}") for file in made]

    def _remember(self, realistic: Realistic, ordering: Ordering, *, before: int) -> None:
        """Tell again the stories before this one whose deliveries may still arrive after it begins."""
        since_ms = ordering.written_until(realistic.start_ms(before))
        began = realistic.first_story_after(since_ms - realistic.longest_ms)
        for result in results(self.worker(), realistic, first=began, last=before, jobs=1):
            ordering.add(result.arrivals, from_ms=since_ms)

    def _files(self, name: str, staging: Path) -> list[FileEntry]:
        writing = Separate(staging / name)
        for path, content, events in files_of(name, self):
            writing.write(path, content, events)
        return [file._replace(path=f"{name}/{file.path}") for file in writing.finish()]


def _write_arrived(ordering: Ordering, time_ms: int | None, realistic: Realistic, writing: Writing) -> None:
    for lines in ordering.until(time_ms):
        for path, same in groupby(lines, lambda line: realistic.path(received_ms_of(line))):
            told = [without_key(line) for line in same]
            writing.write(path, b"".join(told), len(told))
