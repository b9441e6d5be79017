"""The REST documents that ``--rest-spec`` names, opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emitter.errors import InvalidSettingError, InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.catalog.rest import RestDocument


def rest_documents(files: Iterable[str]) -> tuple[RestDocument, ...]:
    """Return the documents in files.

    Raises:
        InvalidSettingError: A file cannot be opened.
        InvalidSpecError: It holds no OpenAPI document with a path that is read by GET.
    """
    return tuple(_opened(Path(file)) for file in files)


def _opened(file: Path) -> RestDocument:
    from emitter.catalog.reading import MAX_BYTES, read_document  # noqa: PLC0415 - most runs name none
    from emitter.catalog.rest import RestDocument  # noqa: PLC0415

    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidSettingError(f"cannot read {file}: {error.strerror}; name a REST document") from None
    try:
        return RestDocument(file.name, read_document(content))
    except InvalidSpecError as error:
        raise InvalidSpecError(f"{file}: {error}") from None
