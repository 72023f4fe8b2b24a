"""Statements of Core, compiled once for each dialect and run on the driver's own cursor.

For the few statements of every login: SQLAlchemy composes them, holds their connection and its
transaction, and is told of errors; its general way of executing costs ten times as much.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from models.types import AnySelect

Statement = AnySelect | Insert | Update
_Process = Callable[[Any], Any] | None


class Prepared:
    """One statement, whose parameters are plain values: no lists, nothing computed."""

    def __init__(self, statement: Statement | Callable[[str], Statement], *columns: str) -> None:
        """*statement*, or how it is made for the dialect of a name; *columns* an insert fills."""
        self._make = statement if callable(statement) else lambda _: statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """The rows a select finds, in the transaction of *connection*."""
        return self._for(connection).rows(connection, values)

    def run(self, connection: Connection, **values: Any) -> None:
        """Run it, in the transaction of *connection*."""
        self._for(connection).run(connection, values)

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of *rows*, in the transaction of *connection*."""
        if rows:
            self._for(connection).run_all(connection, rows)

    def _for(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        found = self._compiled.get(name)
        if found is None:
            found = self._compiled[name] = self._compile(connection.dialect)
        return found

    def _compile(self, dialect: Dialect) -> "_Compiled":
        statement = self._make(dialect.name)
        compiled = statement.compile(dialect=dialect, column_keys=list(self._columns) or None)
        assert isinstance(compiled, SQLCompiler)
        selected = statement.selected_columns if isinstance(statement, Select) else ()
        return _Compiled(compiled, [_out(column.type, dialect) for column in selected])


class _Compiled:
    def __init__(self, compiled: SQLCompiler, results: list[_Process]) -> None:
        dialect = compiled.dialect
        self._sql = compiled.string
        self._positional = compiled.positiontup is not None
        self._fixed = compiled.construct_params(_check=False)
        bound = {name: bind.type for bind, name in compiled.bind_names.items()}
        names = compiled.positiontup or list(bound)
        self._binds = [(name, _in(bound[name], dialect)) for name in names]
        self._results = results if any(results) else []

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._execute(connection, values).fetchall()
        return [self._row(row) for row in found] if self._results else found

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        self._execute(connection, values).close()

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        execute_all(connection, self._sql, [self._given(each) for each in rows])

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        return execute(connection, self._sql, self._given(values))

    def _given(self, values: Mapping[str, Any]) -> Any:
        given = {**self._fixed, **values} if self._fixed else values
        if self._positional:
            return [do(given[name]) if do else given[name] for name, do in self._binds]
        return {name: do(given[name]) if do else given[name] for name, do in self._binds}

    def _row(self, row: Iterable[Any]) -> tuple[Any, ...]:
        pairs = zip(self._results, row, strict=True)
        return tuple([process(value) if process else value for process, value in pairs])


def execute(connection: Connection, sql: str, asked: Any) -> Any:
    """A cursor of the driver that has run *sql*; raises what SQLAlchemy's own executing raises."""
    dialect, cursor = connection.dialect, connection.connection.cursor()
    try:
        if not (dialect._has_events and _done(dialect.dispatch.do_execute, cursor, sql, asked)):
            cursor.execute(sql, asked)
    except dialect.loaded_dbapi.Error as error:
        raise told(error, connection, sql, asked) from error
    return cursor


def execute_all(connection: Connection, sql: str, asked: Sequence[Any]) -> None:
    """Run *sql* on a cursor of the driver once for each of *asked*, as `execute` does."""
    dialect, cursor = connection.dialect, connection.connection.cursor()
    try:
        every = dialect.dispatch.do_executemany
        if not (dialect._has_events and _done(every, cursor, sql, asked)):
            cursor.executemany(sql, asked)
    except dialect.loaded_dbapi.Error as error:
        raise told(error, connection, sql, asked) from error
    finally:
        cursor.close()


def _done(listening: Iterable[Any], cursor: Any, sql: str, asked: Any) -> bool:
    """Whether somebody who is *listening* has run it."""
    return any(done(cursor, sql, asked, None) for done in listening)


def told(error: Any, connection: Connection, sql: str, asked: Any) -> Exception:
    """*error* as SQLAlchemy tells it; a connection that is gone is given up."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection, None)
    if gone:
        connection.invalidate(error)
    wrong: Any = DBAPIError.instance(
        sql, asked, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect
    )
    return wrong if isinstance(wrong, Exception) else error


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is run within, and finds no rows, is sent at once where the driver can do that."""
    if connection.dialect.name != "postgresql":
        yield
        return
    raw: Any = connection.connection.driver_connection
    try:
        with raw.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise told(error, connection, "", ()) from error


def _in(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
