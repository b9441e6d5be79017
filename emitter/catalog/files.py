"""Webhook documents in files, and a catalog of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitter.catalog.events import Catalog, Document, bundled
from emitter.catalog.operations import operations_of
from emitter.catalog.reading import MAX_BYTES, read_document
from emitter.errors import InvalidSettingError, InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def opened(file: Path) -> Document:
    """Return the document that a file holds.

    Raises:
        InvalidSettingError: The file cannot be opened.
        InvalidSpecError: It holds no webhook document with an event that can be read.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidSettingError(f"cannot read {file}: {error.strerror}; name a webhook document") from None
    try:
        document = Document(file.name, read_document(content))
        operations_of(document.value, name=file.name)
    except InvalidSpecError as error:
        raise InvalidSpecError(f"{file}: {error}") from None
    return document


def catalog_with(files: Sequence[Path]) -> Catalog:
    """Return the events of the bundled document and of those in the files; of an event the last counts.

    Raises:
        InvalidSettingError: A file cannot be opened.
        InvalidSpecError: A file holds no webhook document; the message names file and place.
    """
    return Catalog.of([bundled(), *map(opened, files)]) if files else Catalog.bundled()
