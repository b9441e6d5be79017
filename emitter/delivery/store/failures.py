"""Turns every failure of the database into one clear line."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from emitter.delivery.places import DatabaseUrl
from emitter.delivery.store import postgres_failures
from emitter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.delivery.places import Place

_ELSEWHERE: Final = "choose another with --database FILE"
_DAMAGED: Final = f"is damaged; restore it from a copy, or move it away, or {_ELSEWHERE}"
_MESSAGES: Final = {
    sqlite3.SQLITE_BUSY: f"is locked by another program; wait for it or end it, or {_ELSEWHERE}",
    sqlite3.SQLITE_READONLY: f"cannot be written; make the file and its folder writable, or {_ELSEWHERE}",
    sqlite3.SQLITE_PERM: f"may not be used; make the file and its folder writable, or {_ELSEWHERE}",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that it is a file, and that file and folder are "
    f"readable and writable, or {_ELSEWHERE}",
    sqlite3.SQLITE_CONSTRAINT: "refuses the change: what it belongs to was pruned meanwhile; start again",
    sqlite3.SQLITE_NOTADB: f"is not a database; {_ELSEWHERE}",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: f"cannot grow, the disk is full; free some space, or {_ELSEWHERE}",
    sqlite3.SQLITE_IOERR: f"cannot be read or written, the disk reports an error; {_ELSEWHERE}",
}
DATABASE_ERRORS: Final = (SQLAlchemyError, sqlite3.Error)
_PRIMARY: Final = 0xFF
"""SQLite's extended codes carry the plain one in their lowest byte."""


@contextmanager
def clear_failures(path: Place) -> Iterator[None]:
    """Raise StoreError in place of whatever the database raises; other exceptions pass."""
    try:
        yield
    except DATABASE_ERRORS as error:
        raise clear_failure(path, error) from None


def clear_failure(path: Place, error: BaseException) -> StoreError:
    """Return what to raise in place of one of `DATABASE_ERRORS`; it never holds the statement's values."""
    cause = _cause(error)
    is_ours = isinstance(path, DatabaseUrl) and hasattr(cause, "sqlstate")
    return StoreError(f"the record {path} {postgres_failures.reason(cause) if is_ours else _reason(cause)}")


def is_busy(error: Exception) -> bool:
    """Return whether another program holds the lock that was needed."""
    return _code(_cause(error)) == sqlite3.SQLITE_BUSY


def damaged(path: Place, what: str) -> StoreError:
    """Return the error for a row that says what nothing of ours writes."""
    return StoreError(f"the record {path} {_DAMAGED} ({what} cannot be read)")


def foreign(path: Place) -> StoreError:
    """Return the error for a database that is not a record."""
    if isinstance(path, DatabaseUrl):
        return StoreError(
            f"{path} holds tables of another program; make a database for the record alone, "
            f"or {postgres_failures.ELSEWHERE}"
        )
    return StoreError(f"{path} is a database of another program; {_ELSEWHERE}")


def too_new(path: Place, *, found: int, known: int) -> StoreError:
    """Return the error for a record of a later version."""
    elsewhere = postgres_failures.ELSEWHERE if isinstance(path, DatabaseUrl) else _ELSEWHERE
    return StoreError(
        f"the record {path} has format {found}, this version reads up to {known}; "
        f"upgrade zoom-webhook-emitter, or {elsewhere}"
    )


def _cause(error: BaseException) -> BaseException:
    """Return what the driver raised."""
    return error.orig if isinstance(error, DBAPIError) and error.orig else error


def _code(cause: BaseException) -> int:
    return int(getattr(cause, "sqlite_errorcode", 0)) & _PRIMARY


def _reason(cause: BaseException) -> str:
    if _code(cause) in _MESSAGES:
        return _MESSAGES[_code(cause)]
    return f"cannot be used ({getattr(cause, 'sqlite_errorname', type(cause).__name__)}); it {_DAMAGED}"
