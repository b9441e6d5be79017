"""Tokens of Zoom's own API in the record, each by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, insert, select

from emitter.delivery.store.database import WRITE
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.rows import storable
from emitter.delivery.store.zoom_tables import zoom_tokens

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database


class TokenKind(StrEnum):
    """What a text that was given out, or shown, is good for."""

    ACCESS = "access"
    REFRESH = "refresh"
    USED_CODE = "used-code"
    """An authorization code that was turned into tokens: once is all it is good for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a token stands for; it is good until `expires_at_ms`, milliseconds since the epoch."""

    kind: TokenKind
    client_id: str
    account_id: str
    scope: str
    expires_at_ms: int


_ADD: Final = Prepared(
    insert(zoom_tokens).values({column.name: bindparam(column.name) for column in zoom_tokens.c})
)
_FIND: Final = Prepared(
    select(*(column for column in zoom_tokens.c if column.name != "hash")).where(
        zoom_tokens.c.hash == bindparam("hash"), zoom_tokens.c.kind == bindparam("kind")
    )
)
_SPEND: Final = Prepared(delete(zoom_tokens).where(zoom_tokens.c.hash == bindparam("hash")))
_TIDY: Final = Prepared(delete(zoom_tokens).where(zoom_tokens.c.expires_at_ms < bindparam("before_ms")))


def add_tokens(database: Database, granted: dict[str, Granted], *, before_ms: int) -> None:
    """Store tokens, and drop those that expired before a time, in milliseconds since the epoch."""
    with database.transaction(WRITE) as transaction:
        _TIDY.run(transaction, before_ms=before_ms)
        for token, each in granted.items():
            _ADD.run(
                transaction,
                hash=_hash(token),
                kind=each.kind.value,
                client_id=storable(each.client_id),
                account_id=storable(each.account_id),
                scope=storable(each.scope),
                expires_at_ms=each.expires_at_ms,
            )


def find_token(database: Database, token: str, kind: TokenKind) -> Granted | None:
    """Return what a token stands for, also when it has expired; None for one that was never given out."""
    with database.transaction() as transaction:
        row = _FIND.run(transaction, hash=_hash(token), kind=kind.value).fetchone()
    if row is None:
        return None
    return Granted(
        kind=TokenKind(row[0]), client_id=row[1], account_id=row[2], scope=row[3], expires_at_ms=row[4]
    )


def spend_token(database: Database, token: str) -> bool:
    """Drop a token; return whether it was there, so that of two who spend it one is told so."""
    with database.transaction(WRITE) as transaction:
        return bool(_SPEND.run(transaction, hash=_hash(token)).rowcount)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
