"""Checks a corpus: files are as the manifest says, events fit their schemas, signatures are right.

And making it again gives the same.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.catalog.validation import validate
from emitter.core.signing import verify
from emitter.errors import InvalidPayloadError, UnknownNameError, VerificationError
from emitter.faking.corpus.formats import Framing
from emitter.faking.corpus.manifest import made_by
from emitter.faking.corpus.outputs import FileEntry
from emitter.faking.corpus.recorded import requests_in
from emitter.faking.corpus.sets import files_of
from emitter.faking.corpus.settings import COVERAGE, REALISTIC
from emitter.faking.fixture_files import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.corpus.making import Making
    from emitter.faking.corpus.manifest import Manifest
    from emitter.faking.corpus.outputs import Sizes

_READ_BYTES: Final = 1 << 20


class Finding(NamedTuple):
    """Something wrong: in which file, and what."""

    path: str
    message: str


def checked_files(manifest: Manifest, place_of: dict[str, Path]) -> Iterator[Finding]:
    """Yield a finding for each file that is missing or not what the manifest says.

    Args:
        manifest: The manifest.
        place_of: Where each of its files is, by its path.
    """
    for file in manifest.files:
        try:
            digest, size = hashlib.sha256(), 0
            with place_of[file.path].open("rb") as opened_file:
                while block := opened_file.read(_READ_BYTES):
                    digest.update(block)
                    size += len(block)
        except OSError as error:
            yield Finding(file.path, f"cannot be read: {error.strerror}")
            continue
        if size != file.size:
            yield Finding(file.path, f"has {size} bytes instead of {file.size}")
        elif digest.hexdigest() != file.sha256:
            yield Finding(file.path, "holds other bytes than the manifest says")


def checked_lines(
    manifest: Manifest, place_of: dict[str, Path], *, catalog: Catalog, secret_token: SecretToken
) -> Iterator[Finding]:
    """Yield a finding for each request whose event does not fit its schema or whose signature is not right.

    The events of the coverage set are looked at too; those of the hostile set are wrong on purpose.
    """
    for file in manifest.files:
        place = place_of[file.path]
        if file.path == f"{COVERAGE}/{INDEX}":
            yield from _checked_index(place, catalog, secret_token)
        if file.path.startswith(f"{REALISTIC}/") and "/truth/" not in file.path:
            yield from _checked_requests(file.path, place, catalog, secret_token)


def compared(manifest: Manifest, making: Making, aside: Path) -> Iterator[Finding]:
    """Make the corpus again without writing it, and yield a finding for each file that comes out different.

    Args:
        manifest: The manifest.
        making: Makes the corpus.
        aside: A folder for what does not fit into memory.
    """
    again = {file.path.removesuffix(".gz").removesuffix(".zst"): file for file in _made_again(making, aside)}
    for file in manifest.files:
        made = again.pop(file.path.removesuffix(".gz").removesuffix(".zst"), None)
        if made is None:
            yield Finding(file.path, "does not come out when the corpus is made again")
        elif made.content_sha256 != file.content_sha256:
            yield Finding(file.path, "comes out different when the corpus is made again")
    for path in again:
        yield Finding(path, "comes out when the corpus is made again, but is not in the manifest")


def differing_versions(manifest: Manifest, making: Making) -> list[str]:
    """Return what the corpus was made with that is not here; there is no making it again then."""
    here = made_by(making.catalog, faker_version=making.pools.faker_version)
    return [
        f"made with {name} {version}, here is {here.get(name, 'none')}"
        for name, version in manifest.made_by.items()
        if here.get(name) != version
    ]


def _checked_requests(
    name: str, place: Path, catalog: Catalog, secret_token: SecretToken
) -> Iterator[Finding]:
    read = 0
    try:
        for at, event, headers, body in requests_in(place):
            read += 1
            reason = _wrong_with_event(event, headers, body, catalog=catalog, secret_token=secret_token)
            if reason:
                yield Finding(f"{name}:{at}" if at else name, reason)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        yield Finding(f"{name}:{read + 1}", f"is no request of a corpus: {error!r}")


def _checked_index(place: Path, catalog: Catalog, secret_token: SecretToken) -> Iterator[Finding]:
    for entry in json.loads(place.read_bytes())["events"]:
        body = place.with_name(entry["body"]).read_bytes()
        reason = _wrong_with_event(
            entry["event"], entry["headers"], body, catalog=catalog, secret_token=secret_token
        )
        if reason:
            yield Finding(f"{COVERAGE}/{entry['body']}", reason)


def _wrong_with_event(
    event: str, headers: dict[str, str], body: bytes, *, catalog: Catalog, secret_token: SecretToken
) -> str:
    try:
        verify(secret_token, headers=headers, body=body)
        validate(catalog.find(event), json.loads(body))
    except VerificationError as error:
        return str(error)
    except (InvalidPayloadError, UnknownNameError) as error:
        return f"{error}"
    except ValueError as error:
        return f"the body is not JSON: {error}"
    return ""


def _made_again(making: Making, aside: Path) -> Iterator[FileEntry]:
    for name in making.settings.sets:
        if name == REALISTIC:
            realistic, hashing, truth = making.worker().realistic(), _Hashing(), _Hashing()
            hashing.framing = realistic.format.framing
            for _ in making.run(realistic, hashing, aside, truth=truth if realistic.is_stream else None):
                pass
            made = hashing.finish() + truth.finish()
        else:
            made = [
                FileEntry(path, events, len(content), digest, digest)
                for path, content, events in files_of(name, making)
                for digest in [hashlib.sha256(content).hexdigest()]
            ]
        yield from (file._replace(path=f"{name}/{file.path}") for file in made)


class _Hashing:
    """Takes pieces as `Outputs` does, and keeps their hashes only."""

    def __init__(self) -> None:
        self.framing = Framing()
        self._digests: dict[str, Any] = {}

    def write(self, path: str, data: bytes, events: int) -> None:  # noqa: ARG002 - as `Outputs`
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(self.framing.head)
        else:
            self._digests[path].update(self.framing.between)
        self._digests[path].update(data)

    def go_on(self, sizes: Sizes) -> None:
        pass

    def sizes(self) -> Sizes:
        return {}

    def finish(self) -> list[FileEntry]:
        entries = []
        for path, digest in self._digests.items():
            digest.update(self.framing.tail)
            entries.append(FileEntry(path, 0, 0, digest.hexdigest(), digest.hexdigest()))
        return entries

    def close(self) -> None:
        pass
