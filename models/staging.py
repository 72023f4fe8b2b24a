"""Rows on their way into the tables: temporary tables of one connection, filled at speed.

What WASS says stands here for the length of one transaction, so that the database itself compares
it with what is kept. A text key that could not be read is '', a property 0.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeEngine

from models.access import CONTRACT
from models.adding import add_rows
from models.people import PERSON_ID
from models.types import Day

_STAGED = MetaData()
_ROLE = String(40)
#: How a cell says that something is so; '' says that it is not.
YES = "yes"
#: Pages of the embedded database that an import keeps in memory: its indexes are filled anywhere.
_KEPT_IN_MEMORY = 128 * 1024


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        _STAGED,
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DELETE ROWS",
        sqlite_with_rowid=False,
    )


def _staged(called: str, key: Mapping[str, TypeEngine[Any]], /, **more: TypeEngine[Any]) -> Table:
    keys = (Column(n, kind, primary_key=True, autoincrement=False) for n, kind in key.items())
    line = Column("line", Integer, primary_key=True, autoincrement=False)
    rest = (Column(n, kind) for n, kind in more.items())
    return _temporary(f"said_{called}", *keys, line, *rest)


PEOPLE = _staged(
    "people",
    {"id": PERSON_ID},
    population=String(40),
    marked_coordinator=Boolean(),
    created_on=Day(),
    terminated=Boolean(),
    wass_last_access_on=Day(),
    password_changed_on=Day(),
    last_activity_on=Day(),
    rob_accepted_on=Day(),
    organisation=String(200),
)
ROLES = _staged("roles", {"person_id": PERSON_ID, "role": _ROLE}, assigned_on=Day())
PROPERTIES = _staged(
    "properties",
    {"property_id": Integer()},
    name=String(200),
    city=String(100),
    state=String(40),
    organisation=String(200),
)
CONTRACTS = _staged("contracts", {"contract_number": CONTRACT, "property_id": Integer()})
PROPERTY_ASSIGNMENTS = _staged(
    "property_assignments", {"person_id": PERSON_ID, "property_id": Integer()}
)
CONTRACT_ASSIGNMENTS = _staged(
    "contract_assignments", {"person_id": PERSON_ID, "contract_number": CONTRACT}
)
BUSINESS_PARTNERS = _staged(
    "business_partners", {"coordinator_id": PERSON_ID, "property_id": Integer()}
)
STAFF = _staged("staff", {"coordinator_id": PERSON_ID, "user_id": PERSON_ID})
#: The day is text, for it belongs to the key.
CERTIFICATIONS = _staged(
    "certifications",
    {"person_id": PERSON_ID, "coordinator_id": PERSON_ID, "requested_on": String(10)},
)
#: The staged tables by what the feed calls them, in the order they are read and written.
TABLES: Mapping[str, Table] = {
    table.name.removeprefix("said_"): table for table in list(_STAGED.tables.values())
}
#: Whoever is not as he was before.
TOUCHED = _temporary("touched", Column("person_id", PERSON_ID, primary_key=True))
#: New requests as they were judged, and the properties each scope of them stands for.
REQUESTS = _temporary(
    "judged_request",
    Column("person_id", PERSON_ID, primary_key=True),
    Column("coordinator_id", PERSON_ID, primary_key=True),
    Column("requested_on", Day(), primary_key=True),
    Column("counts", Boolean()),
    Column("everywhere", Boolean()),
    Column("scope", Integer()),
)
SCOPES = _temporary(
    "judged_scope",
    Column("number", Integer(), primary_key=True, autoincrement=False),
    Column("property_id", Integer(), primary_key=True, autoincrement=False),
)


def unread(column: ColumnElement[Any]) -> str | int:
    """What stands in *column* of a key for what could not be read."""
    return 0 if isinstance(column.type, Integer) else ""


def clear(connection: Connection) -> None:
    """Have every staged table there, and nothing in it."""
    for sql in _begun(connection.dialect.name):
        connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


@cache
def _begun(dialect: str) -> list[str]:
    """The statements that make and empty them; PostgreSQL takes them all at once."""
    spoken = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}[dialect]()
    made = [CreateTable(each, if_not_exists=True) for each in _STAGED.tables.values()]
    sql = [str(each.compile(dialect=spoken)) for each in made]
    sql += [f"DELETE FROM {name}" for name in _STAGED.tables]
    return [";".join(sql)] if dialect == "postgresql" else sql


def clear_for_many(connection: Connection) -> None:
    """The same, and make ready for a great many rows in this transaction."""
    clear(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_KEPT_IN_MEMORY}")
        connection.exec_driver_sql(f"PRAGMA temp.cache_size=-{_KEPT_IN_MEMORY // 2}")
    else:
        connection.exec_driver_sql("SET LOCAL work_mem = '128MB'")


def count_up(connection: Connection) -> None:
    """Let the database know how much stands here, so that it finds good ways through it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {', '.join(_STAGED.tables)}")


def look_up_by_key(connection: Connection) -> None:
    """Have tables read by their keys that grew in this transaction and were not counted since."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


def fill(connection: Connection, table: Table, columns: Mapping[str, Sequence[str]]) -> None:
    """Add rows to *table*, given column by column as texts; '' is not known, or not so."""
    ready = [_ready(table.c[name], cells) for name, cells in columns.items()]
    add_rows(connection, table, list(columns), zip(*ready, strict=True))


def _ready(column: Column[object], cells: Sequence[str]) -> Sequence[str | None]:
    if isinstance(column.type, Day):
        return [cell or None for cell in cells]
    if isinstance(column.type, Boolean):
        return ["1" if cell else "0" for cell in cells]
    return cells
