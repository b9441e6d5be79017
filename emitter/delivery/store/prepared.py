"""Statements that become SQL text once and then go straight to the driver.

A one-line transaction through SQLAlchemy's connections and results costs ten times what SQLite takes for
it; recording must not be what slows a delivery down.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from sqlalchemy import Dialect
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.sql.compiler import SQLCompiler

    from emitter.delivery.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement for one dialect.

    Attributes:
        sql: Its text.
        of_names: Turns values by name into what the driver takes.
        of_row: Turns values in the statement's order into what the driver takes; None if they are that.
    """

    sql: str
    of_names: Callable[[dict[str, Any]], Any]
    of_row: Callable[[tuple[Any, ...]], Any] | None


class Prepared:
    """A statement of SQLAlchemy Core that is compiled once for each dialect. Thread-safe.

    Values go to the driver and come back from it as they are: text, bytes, numbers, booleans and None.

    Args:
        statement: The statement.
        order: The names of its parameters in the order in which rows give them. SQL puts them in an order
            of its own, an UPDATE those of SET before those of WHERE: the compiled statement says which.
    """

    def __init__(self, statement: ClauseElement, order: Sequence[str] = ()) -> None:
        self._statement = statement
        self._order = tuple(order)
        self._texts: dict[str, _Text] = {}

    def run(self, transaction: Transaction, **values: Any) -> DBAPICursor:
        """Run it with values by name; the rows it returns, as tuples, are read from the cursor."""
        text = self._text(transaction.dialect)
        transaction.cursor.execute(text.sql, text.of_names(values))
        return transaction.cursor

    def value(self, transaction: Transaction, **values: Any) -> Any:
        """Run it and return the first column of the first row, or None if there is none."""
        row = self.run(transaction, **values).fetchone()
        return row and row[0]

    def run_row(self, transaction: Transaction, row: tuple[Any, ...]) -> DBAPICursor:
        """Run it with values in the statement's order; faster than by name."""
        text = self._texts.get(transaction.dialect.name) or self._text(transaction.dialect)
        cursor = transaction.cursor
        cursor.execute(text.sql, text.of_row(row) if text.of_row else row)
        return cursor

    def run_rows(self, transaction: Transaction, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run it once a row; does nothing without rows."""
        text = self._text(transaction.dialect)
        transaction.cursor.executemany(text.sql, [*(map(text.of_row, rows) if text.of_row else rows)])

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
        of_row = _of_row(names, self._order, constants) if self._order else None
        return _Text(str(compiled), _of_names(names, constants), of_row)


class Sparse:
    """A statement with parameters that are nearly always None, which is then said in its text.

    The driver looks for an adapter for each None, at the price of ten numbers.

    Args:
        statement: Returns the statement from the names of the parameters it takes; the others are NULL.
        order: The names of all, those that are seldom given last.
        seldom: Names that are; ones that the statement does not have are passed over.
    """

    def __init__(
        self,
        statement: Callable[[Collection[str]], ClauseElement],
        order: Sequence[str],
        *,
        seldom: Collection[str],
    ) -> None:
        usual = tuple(name for name in order if name not in seldom)
        self._whole = Prepared(statement(order), order)
        self._usual = Prepared(statement(usual), usual)
        self._width = len(usual)
        self._nothing = (None,) * (len(order) - len(usual))

    def run_row(self, transaction: Transaction, row: tuple[Any, ...]) -> None:
        """Run it with values in its order."""
        if row[self._width :] == self._nothing:
            self._usual.run_row(transaction, row[: self._width])
        else:
            self._whole.run_row(transaction, row)

    def run_rows(self, transaction: Transaction, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run it once a row, those without rare values first."""
        width, nothing = self._width, self._nothing
        usual = [row[:width] for row in rows if row[width:] == nothing]
        self._usual.run_rows(transaction, usual)
        if len(usual) < len(rows):
            self._whole.run_rows(transaction, [row for row in rows if row[width:] != nothing])


def _of_names(names: list[str] | None, constants: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    pick = dict if names is None else _picker(names)
    return lambda values: pick(constants | values)


def _of_row(
    names: list[str] | None, order: tuple[str, ...], constants: dict[str, Any]
) -> Callable[[tuple[Any, ...]], Any] | None:
    if names == [*order]:
        return None
    known, more = (*order, *constants), (*constants.values(),)
    if names is None:
        return lambda row: dict(zip(known, row + more, strict=True))
    pick = _picker([known.index(name) for name in names])
    return lambda row: pick(row + more)


def _picker(keys: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    # One key alone would make itemgetter return its value in place of a tuple of it.
    return itemgetter(*keys) if len(keys) > 1 else lambda values: tuple(values[key] for key in keys)
