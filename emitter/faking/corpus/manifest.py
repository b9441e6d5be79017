"""The manifest of a corpus: what it is, how it was made, and what its files must hold.

Described for readers in docs/formats.md#the-manifest-of-a-corpus.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from emitter._version import __version__
from emitter.errors import InvalidSettingError
from emitter.faking.corpus.outputs import FileEntry
from emitter.faking.corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from emitter.catalog.events import Catalog

FORMAT: Final = 1
"""Grows when a reader of the format before could misunderstand it."""

NAME: Final = "manifest.json"
_KEYS: Final = frozenset({"format", "made_by", "command", "settings", "secret_token", "counts", "files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a corpus is.

    Attributes:
        made_by: What its bytes depend on besides the settings: name and version, or digest.
        command: What makes it again.
        settings: Its settings.
        secret_token: What its requests are signed with, or None where that is a secret.
        counts: How many stories, events and deliveries of each set there are.
        files: Its files, in the order of their paths.
    """

    made_by: dict[str, str]
    command: str
    settings: Settings
    secret_token: str | None
    counts: dict[str, int]
    files: tuple[FileEntry, ...]

    def text(self) -> bytes:
        """Return the file."""
        head = {
            "format": FORMAT,
            "made_by": self.made_by,
            "command": self.command,
            "settings": self.settings.as_json(),
            "secret_token": self.secret_token,
            "counts": self.counts,
        }
        # A file a line: readable, and a difference between two manifests is one between files.
        lines = ",\n".join(f"    {json.dumps(_described(file), ensure_ascii=False)}" for file in self.files)
        files = f"[\n{lines}\n  ]" if lines else "[]"
        text = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
        return f'{text},\n  "files": {files}\n}}\n'.encode()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the manifest a file holds.

        Raises:
            InvalidSettingError: There is none, it is of a newer format, or it cannot be understood.
        """
        try:
            value = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise InvalidSettingError(f"there is no manifest {path}; name what `corpus make` made") from None
        except OSError as error:
            raise InvalidSettingError(f"cannot read {path}: {error.strerror}") from None
        except (ValueError, RecursionError):
            raise InvalidSettingError(f"{path} is not JSON; make the corpus again") from None
        if not isinstance(value, dict) or not isinstance(value.get("format"), int):
            raise InvalidSettingError(f"{path} is no manifest of a corpus; it has no format number")
        if value["format"] > FORMAT:
            raise InvalidSettingError(
                f"{path} has format {value['format']}, this version knows {FORMAT}; get a newer zoom-emitter"
            )
        return cls._from_json(value, path)

    @classmethod
    def _from_json(cls, value: dict[str, Any], path: Path) -> Self:
        if value.keys() < _KEYS:
            missing = ", ".join(sorted(_KEYS - value.keys()))
            raise InvalidSettingError(f"{path} is damaged: {missing} is missing; make the corpus again")
        try:
            files = tuple(_file(each) for each in value["files"])
            return cls(
                made_by={str(key): str(each) for key, each in value["made_by"].items()},
                command=str(value["command"]),
                settings=Settings.from_json(value["settings"]),
                secret_token=None if value["secret_token"] is None else str(value["secret_token"]),
                counts={str(key): int(each) for key, each in value["counts"].items()},
                files=files,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"{path} is damaged at {error}; make the corpus again"
            raise InvalidSettingError(message) from None


def made_by(catalog: Catalog, *, faker_version: str) -> dict[str, str]:
    """Return what the bytes of a corpus depend on besides its settings."""
    described = [[event.name, event.schema, event.example] for event in catalog]
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
    return {"zoom-emitter": __version__, "faker": faker_version, "catalog_sha256": digest}


def total_events(files: Iterable[FileEntry]) -> int:
    """Return how many events the files tell of."""
    return sum(file.events for file in files)


def _described(file: FileEntry) -> dict[str, Any]:
    described = file._asdict()
    if file.content_sha256 == file.sha256:
        del described["content_sha256"]
    return described


def _file(value: dict[str, Any]) -> FileEntry:
    sha256 = str(value["sha256"])
    return FileEntry(
        path=str(value["path"]),
        events=int(value["events"]),
        size=int(value["size"]),
        sha256=sha256,
        content_sha256=str(value.get("content_sha256", sha256)),
    )
