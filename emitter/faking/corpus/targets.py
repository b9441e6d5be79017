"""Where a corpus goes: a folder, a file, or standard output. Nothing half done gets its final name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import InvalidSettingError
from emitter.faking.corpus import manifest as manifests
from emitter.faking.corpus.manifest import Manifest
from emitter.faking.corpus.outputs import FileEntry

if TYPE_CHECKING:
    from pathlib import Path

    from emitter.faking.corpus.outputs import Sizes

Known = Mapping[str, Any]
"""What decides the bytes of a corpus, as JSON."""

UNFINISHED: Final = ".unfinished"
_PROGRESS: Final = "progress.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an unfinished corpus has come: the next story, and the files so far."""

    story: int
    sizes: Sizes


class Target:
    """A folder or a file.

    Args:
        path: Where the corpus goes.
        is_file: Whether it is one file; its manifest then stands beside it.
        is_forced: Whether what is there may be replaced.
    """

    def __init__(self, path: Path, *, is_file: bool, is_forced: bool) -> None:
        self.path = path
        self.is_file = is_file
        self._is_forced = is_forced
        self.staging = path.with_name(f".{path.name}{UNFINISHED}") if is_file else path / UNFINISHED
        """Where everything is until it is finished."""

    @property
    def manifest_path(self) -> Path:
        """Where the manifest is."""
        return manifest_path_of(self.path, is_file=self.is_file)

    def begin(self, known: Known) -> Progress | None:
        """Make ready to write, and return how far an interrupted run came.

        Args:
            known: What decides the bytes; a run of another corpus is not gone on with.

        Raises:
            InvalidSettingError: Something is there that may not be replaced.
        """
        if self.is_file:
            is_taken = self.path.exists()
        else:
            is_taken = self.path.exists() and any(each != self.staging for each in self.path.iterdir())
        # What is there may be of a run that was stopped while files got their final names.
        is_own = self.staging.joinpath(manifests.NAME).exists()
        if is_taken and not self._is_forced and not is_own:
            what = "exists" if self.is_file else "is not empty"
            raise InvalidSettingError(f"{self.path} {what}; name another place, or replace it with --force")
        progress = None if is_own else self._progress(known)
        if progress is None:
            shutil.rmtree(self.staging, ignore_errors=True)
            self.staging.mkdir(parents=True)
            self._save({**known, "story": None, "sizes": {}})
        return progress

    def save(self, known: Known, progress: Progress) -> None:
        """Note how far the corpus has come."""
        self._save({**known, "story": progress.story, "sizes": progress.sizes})

    def finish(self, manifest: Manifest) -> None:
        """Give everything its final name, the manifest last."""
        half_done = self.staging / manifests.NAME
        half_done.write_bytes(manifest.text())
        if self.is_file:
            (made,) = manifest.files
            self.staging.joinpath(made.path).replace(self.path)
        else:
            self._remove_old()
            for file in manifest.files:
                target = self.path / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                self.staging.joinpath(file.path).replace(target)
        half_done.replace(self.manifest_path)
        shutil.rmtree(self.staging, ignore_errors=True)

    def _progress(self, known: Known) -> Progress | None:
        try:
            saved = json.loads((self.staging / _PROGRESS).read_bytes())
            if {key: saved.get(key) for key in known} != known or saved["story"] is None:
                return None
            return Progress(saved["story"], {path: FileEntry(*each) for path, each in saved["sizes"].items()})
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def _save(self, value: dict[str, Any]) -> None:
        half_done = self.staging / f"{_PROGRESS}.new"
        half_done.write_text(json.dumps(value), encoding="utf-8")
        half_done.replace(self.staging / _PROGRESS)

    def _remove_old(self) -> None:
        """Remove the files of the corpus that is replaced; others stay."""
        try:
            old = Manifest.read(self.manifest_path)
        except InvalidSettingError:
            return
        for file in old.files:
            inside = self.path / file.path
            if inside.resolve().is_relative_to(self.path.resolve()):
                inside.unlink(missing_ok=True)
        self.manifest_path.unlink()


def manifest_path_of(path: Path, *, is_file: bool) -> Path:
    """Return where the manifest of a corpus is: in its folder, or beside its file."""
    return path.with_name(f"{path.name}.{manifests.NAME}") if is_file else path / manifests.NAME
