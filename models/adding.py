"""Many rows into one table as fast as the driver takes them: COPY, or a statement run for each."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from models.prepared import told


def add_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Add *rows* of plain values for *columns* to *table*, in the transaction of *connection*."""
    names = ", ".join(f'"{each}"' for each in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
        return
    places = ", ".join("?" * len(columns))
    sql = f"INSERT INTO {table.name} ({names}) VALUES ({places})"
    if given := list(rows):
        connection.exec_driver_sql(sql, given)


def _copy(connection: Connection, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    raw = connection.connection
    try:
        with raw.cursor() as cursor, cursor.copy(sql) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise told(error, connection, sql, ()) from error
