"""Where things are kept when no one says where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emitter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE_VARIABLE: Final = "ZOOM_EMITTER_DATABASE"
DATABASE_NAME: Final = "deliveries.sqlite"


def database_path(given: str | Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the record is: as given, else ``ZOOM_EMITTER_DATABASE``, else the user's data folder.

    The user's data folder is the platform's own and is made if it is missing; no other folder is.

    Raises:
        StoreError: The folder cannot be made.
    """
    chosen = given or environ.get(DATABASE_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    folder = usual_database_path().parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the data folder {folder}: {error.strerror}; say --database FILE or set "
            f"{DATABASE_VARIABLE}"
        ) from None
    return folder / DATABASE_NAME


def usual_database_path() -> Path:
    """Return where the record is if no one says where; makes nothing."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only where nothing is given

    return user_data_path("zoom-emitter", appauthor=False) / DATABASE_NAME
