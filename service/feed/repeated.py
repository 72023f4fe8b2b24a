"""Rows of a staged table that say again what one before them said."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Table, and_, func, select

from models.staging import unread
from service.feed.bad_rows import MOST_BAD_ROWS


def repeated(
    connection: Connection, table: Table, key: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """The line of each repetition, and that of the row it repeats."""
    columns = [table.c[name] for name in key]
    first = (
        select(*columns, func.min(table.c.line).label("first"))
        .where(*(column != unread(column) for column in columns))
        .group_by(*columns)
        .having(func.count() > 1)
        .subquery()
    )
    same = and_(*(column == first.c[column.name] for column in columns))
    query = (
        select(table.c.line, first.c.first)
        .join(first, same)
        .where(table.c.line > first.c.first)
        .order_by(table.c.line)
        .limit(MOST_BAD_ROWS + 1)
    )
    for row in connection.execute(query):
        yield row.line, row.first
