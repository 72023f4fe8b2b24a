"""Whom and what a row may name: what this feed says there is, and what was known before."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, exists, select

from models.access import ContractProperty, Property
from models.people import Person
from models.staging import TABLES, unread
from service.feed.bad_rows import MOST_BAD_ROWS, BadRows


@dataclass(frozen=True)
class _Source:
    """A file that says what there is: the columns of those said, and of those kept."""

    file: str
    what: str
    said: ColumnElement[str] | ColumnElement[int]
    kept: ColumnElement[str] | ColumnElement[int]
    needed: bool = False


_PEOPLE = _Source(
    "people.csv", "a person", TABLES["people"].c.id, Person.__table__.c.id, needed=True
)
_PROPERTIES = _Source(
    *("properties.csv", "a property"),
    TABLES["properties"].c.property_id,
    Property.__table__.c.property_id,
)
_CONTRACTS = _Source(
    *("contracts.csv", "a contract"),
    TABLES["contracts"].c.contract_number,
    ContractProperty.__table__.c.contract_number,
)
#: A column that names something -> where it is said what there is.
_NAMED_FROM = {
    "person_id": _PEOPLE,
    "coordinator_id": _PEOPLE,
    "user_id": _PEOPLE,
    "property_id": _PROPERTIES,
    "contract_number": _CONTRACTS,
}


class Names:
    """Finds rows that name somebody or something that is not there."""

    def __init__(self, connection: Connection, bad_rows: BadRows) -> None:
        self._connection = connection
        self._bad_rows = bad_rows

    def note_strangers(self, file: str) -> None:
        """Note whom and what the staged rows of *file* name, and nobody knows."""
        table = TABLES[file.removesuffix(".csv")]
        for field, source in _NAMED_FROM.items():
            if field in table.c and source.file != file and not self._anything_goes(source):
                for line, name in self._strangers(table, field, source):
                    expected = f"{source.what} of {source.file} or known before, found `{name}`"
                    self._bad_rows.add(file, line, field=field, expected=expected)
        if "user_id" in table.c:
            self._note_own_staff(file, table)

    def _anything_goes(self, source: _Source) -> bool:
        """Where nothing is known and none is needed; or nothing could be read, which is noted."""
        if self._any(source.said):
            return False
        return self._bad_rows.about(source.file) or not (source.needed or self._any(source.kept))

    def _any(self, column: ColumnElement[str] | ColumnElement[int]) -> bool:
        found = select(column).where(column != unread(column)).limit(1)
        return self._connection.execute(found).first() is not None

    def _strangers(self, table: Table, field: str, source: _Source) -> Iterator[tuple[int, str]]:
        name = table.c[field]
        query = (
            select(table.c.line, name)
            .where(~exists().where(source.said == name), ~exists().where(source.kept == name))
            .where(name != unread(name))
            .order_by(table.c.line)
            .limit(MOST_BAD_ROWS + 1)
        )
        for line, found in self._connection.execute(query):
            yield line, str(found)

    def _note_own_staff(self, file: str, table: Table) -> None:
        own = select(table.c.line, table.c.user_id).where(
            table.c.user_id == table.c.coordinator_id, table.c.user_id != ""
        )
        for line, name in self._connection.execute(own.limit(MOST_BAD_ROWS + 1)):
            expected = f"somebody else than the coordinator, found `{name}`"
            self._bad_rows.add(file, line, field="user_id", expected=expected)
