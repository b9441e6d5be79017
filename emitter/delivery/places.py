"""Where things are kept when no one says where; a record's place is a file, or a database by its URL."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from emitter.errors import InvalidSettingError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE_VARIABLE: Final = "ZOOM_EMITTER_DATABASE"
DATABASE_NAME: Final = "deliveries.sqlite"
_SCHEMES: Final = ("postgresql+psycopg", "postgresql", "postgres")


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrl:
    """A PostgreSQL database, for several machines; as text it has neither password nor options."""

    _given: str

    def __post_init__(self) -> None:
        if _scheme(self._given) not in _SCHEMES:
            scheme = self._given.partition("://")[0]
            raise InvalidSettingError(
                f"cannot record at a {scheme}:// URL; name a file, or a database as "
                "postgresql+psycopg://USER@HOST:5432/NAME"
            )

    def reveal(self) -> str:
        """Return the whole URL as SQLAlchemy takes it: the only way to the password."""
        return f"{_SCHEMES[0]}://{self._given.partition('://')[2]}"

    def __repr__(self) -> str:
        return f"DatabaseUrl({str(self)!r})"

    def __str__(self) -> str:
        parts = urlsplit(self._given)
        user = f"{parts.username}@" if parts.username else ""
        return f"{_SCHEMES[1]}://{user}{parts.netloc.rpartition('@')[2]}{parts.path}"


Place = Path | DatabaseUrl
"""Where a record is."""


def place_of(text: str | Path) -> Place:
    """Return the place that a text names.

    Raises:
        InvalidSettingError: It is a URL of something else than PostgreSQL.
    """
    return DatabaseUrl(text) if isinstance(text, str) and "://" in text else Path(text).absolute()


def database_place(given: str | Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Place:
    """Return where the record is: as given, else ``ZOOM_EMITTER_DATABASE``, else the user's data folder.

    Raises:
        InvalidSettingError: It is a URL of something else than PostgreSQL.
        StoreError: The user's data folder cannot be made.
    """
    chosen = given or environ.get(DATABASE_VARIABLE)
    return place_of(chosen) if chosen else data_folder() / DATABASE_NAME


def data_folder() -> Path:
    """Return the user's data folder, the platform's own; it is made if it is missing, no other folder is.

    Raises:
        StoreError: It cannot be made.
    """
    folder = usual_database_path().parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the data folder {folder}: {error.strerror}; say --database FILE or set "
            f"{DATABASE_VARIABLE}"
        ) from None
    return folder


def usual_database_path() -> Path:
    """Return where the record is if no one says where; makes nothing."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only where nothing is given

    return user_data_path("zoom-emitter", appauthor=False) / DATABASE_NAME


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:  # a host in half a pair of brackets
        return ""
