"""Statements that become SQL text once and then go straight to the driver.

A one-line transaction through SQLAlchemy's connections and results costs ten times what SQLite takes for
it; recording must not be what slows a delivery down.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Dialect
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.sql.compiler import SQLCompiler


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a statement is run on: the driver's cursor and the dialect it speaks."""

    cursor: DBAPICursor
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class _Text:
    sql: str
    constants: dict[str, Any]
    parameters: Callable[[Mapping[str, Any]], Any]


class Prepared:
    """A statement of SQLAlchemy Core that is compiled once for each dialect. Thread-safe.

    Values go to the driver and come back from it as they are: text, bytes, numbers, booleans and None.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def run(self, transaction: Transaction, **values: Any) -> DBAPICursor:
        """Run it with these values; the rows it returns, as tuples, are read from the cursor."""
        text = self._text(transaction.dialect)
        transaction.cursor.execute(text.sql, text.parameters(text.constants | values))
        return transaction.cursor

    def value(self, transaction: Transaction, **values: Any) -> Any:
        """Run it and return the first column of the first row, or None if there is none."""
        row = self.run(transaction, **values).fetchone()
        return row and row[0]

    def run_many(self, transaction: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once a row, in one call of the driver; does nothing without rows."""
        text = self._text(transaction.dialect)
        if text.constants:
            rows = (text.constants | dict(row) for row in rows)
        if parameters := [text.parameters(row) for row in rows]:
            transaction.cursor.executemany(text.sql, parameters)

    def _text(self, dialect: Dialect) -> _Text:
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = self._compiled(dialect)
        return text

    def _compiled(self, dialect: Dialect) -> _Text:
        compiled = cast("SQLCompiler", self._statement.compile(dialect=dialect))
        constants = {
            name: value for name, value in compiled.params.items() if not compiled.binds[name].required
        }
        names = compiled.positiontup  # None for a driver that takes parameters by name
        return _Text(str(compiled), constants, dict if names is None else _in_order(names))


def _in_order(names: list[str]) -> Callable[[Mapping[str, Any]], Any]:
    # One name alone would make itemgetter return its value in place of a tuple of it.
    return itemgetter(*names) if len(names) > 1 else lambda row: tuple(row[name] for name in names)
