"""Read a folder of CSV files into the staged tables: all of it, or every bad row of it."""

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import Table as Staged

from models.staging import TABLES, clear_for_many, count_up, fill
from service.feed.names import Names
from service.feed.repeated import repeated
from service.feed.rows import (
    THE_FEED,
    YES,
    BadRow,
    BadRows,
    Column,
    FeedError,
    Reader,
    Row,
    Rows,
    Table,
    UnexpectedError,
    code,
    day_up_to,
    number_up_to,
    one_of,
    rows_of,
    shown,
    status,
    text_up_to,
    yes_or_no,
)
from service.people.extract import PersonSaid

__all__ = ["PEOPLE", "BadRow", "FeedError", "person_said", "read_feed", "readers"]

_LARGEST_PROPERTY = 2**31 - 1
_PERSON = r"[MIHC][A-Z0-9]{5}"
_HUD_PROPERTIES = {
    "property_name_text": "name",
    "property_name": "name",
    "std_city": "city",
    "placed_base_city_name_text": "city",
    "std_st": "state",
    "state_code": "state",
    "state2kx": "state",
    "mgmt_agent_org_name": "organisation",
}
_HUD_CONTRACTS = dict.fromkeys(
    (
        "property_name_text",
        "property_name",
        "tracs_effective_date",
        "tracs_overall_expiration_date",
        "tracs_current_expiration_date",
        "tracs_status_name",
        "program_type_name",
    ),
    "",
)
_OF_PEOPLE = (
    "coordinator",
    "wass_status",
    "wass_last_access_on",
    "password_changed_on",
    "last_activity_on",
    "rob_accepted_on",
    "organisation",
)
_OF_PROPERTIES = ("name", "city", "state", "organisation")
#: The columns of people.csv.
PEOPLE = Table(key=("id",), needed=("population", "created_on"), optional=_OF_PEOPLE)
_TABLES = {
    "people.csv": PEOPLE,
    "roles.csv": Table(key=("person_id", "role"), optional=("assigned_on",)),
    "properties.csv": Table(key=("property_id",), optional=_OF_PROPERTIES, hud=_HUD_PROPERTIES),
    "contracts.csv": Table(key=("contract_number", "property_id"), hud=_HUD_CONTRACTS),
    "property_assignments.csv": Table(key=("person_id", "property_id")),
    "contract_assignments.csv": Table(key=("person_id", "contract_number")),
    "business_partners.csv": Table(key=("coordinator_id", "property_id")),
    "staff.csv": Table(key=("coordinator_id", "user_id")),
    "certifications.csv": Table(key=("person_id", "coordinator_id", "requested_on")),
}
#: Columns that are kept under another name.
_KEPT_AS = {"coordinator": "marked_coordinator", "wass_status": "terminated"}
#: What stands for a cell of the key that cannot be read.
_UNREAD = {"property_id": "0"}

_Cells = Mapping[str, Sequence[str]]


def read_feed(
    connection: Connection,
    folder: Path,
    *,
    populations: frozenset[str],
    as_of: str,
    progress: Callable[[str, int], None],
) -> frozenset[str]:
    """Stage what the files in *folder* say on the day *as_of*; the tables something is said of.

    *progress* hears file and bytes read. Raises FeedError.
    """
    feed = _Feed(connection, folder, readers(populations, as_of), progress)
    clear_for_many(connection)
    # In this order: a row may name only the people, properties and contracts read before it.
    given = frozenset(name for name in TABLES if feed.read(name))
    feed.bad_rows.raise_if_any()
    count_up(connection)
    return given


def readers(populations: frozenset[str], as_of: str) -> dict[str, Reader]:
    """How the cells of each column are read on the day *as_of*."""
    person = code(_PERSON, "an ID of M, I, H or C and five letters or digits")
    past_day = day_up_to(as_of)
    return {
        "id": person,
        "person_id": person,
        "coordinator_id": person,
        "user_id": person,
        "property_id": number_up_to(_LARGEST_PROPERTY),
        "contract_number": code(r"[A-Z0-9-]{1,20}", "1 to 20 letters, digits or hyphens"),
        "role": code(r"[A-Z][A-Z0-9_]{0,39}", "a letter and up to 39 letters, digits or `_`"),
        "population": one_of(populations),
        "coordinator": yes_or_no,
        "wass_status": status,
        "created_on": day_up_to("2100-12-31"),
        "wass_last_access_on": past_day,
        "password_changed_on": past_day,
        "last_activity_on": past_day,
        "rob_accepted_on": past_day,
        "requested_on": past_day,
        "assigned_on": past_day,
        "organisation": text_up_to(200),
        "name": text_up_to(200),
        "city": text_up_to(100),
        "state": text_up_to(40),
    }


class _Feed:
    """Reads one file after the other, and notes what is wrong in it and with what it names."""

    def __init__(
        self,
        connection: Connection,
        folder: Path,
        readers: Mapping[str, Reader],
        progress: Callable[[str, int], None],
    ) -> None:
        self.bad_rows = BadRows()
        self._connection = connection
        self._folder = folder
        self._readers = readers
        self._progress = progress
        self._present = _files_in(folder, self.bad_rows)
        self._names = Names(connection, self.bad_rows)

    def read(self, name: str) -> bool:
        """Stage one file; whether it is there."""
        file, table = f"{name}.csv", TABLES[name]
        if file not in self._present:
            return False
        columns = self._columns(_TABLES[file])
        path, progress = self._folder / file, partial(self._progress, file)
        for rows in rows_of(path, _TABLES[file], bad_rows=self.bad_rows, progress=progress):
            self._stage(table, rows.lines, self._cells(file, rows, columns))
        self._names.note_strangers(file)
        self._note_repeated(file, table)
        return True

    def _columns(self, table: Table) -> dict[str, Column]:
        """How each column is read; IDs read as themselves nearly always."""
        return {
            name: Column(
                self._readers[name],
                required=name in table.required,
                plain=_PERSON if self._readers[name] is self._readers["id"] else "",
            )
            for name in table.columns
        }

    def _cells(self, file: str, rows: Rows, columns: Mapping[str, Column]) -> _Cells:
        """What the cells mean, column by column."""
        try:
            return {name: columns[name].read_all(cells) for name, cells in rows.cells.items()}
        except UnexpectedError:
            return self._closer(file, rows, columns)

    def _closer(self, file: str, rows: Rows, columns: Mapping[str, Column]) -> _Cells:
        """The same where something is not as it should be: noted, and read as not known."""
        found: dict[str, list[str]] = {}
        for name, cells in rows.cells.items():
            read = found[name] = []
            for line, cell in zip(rows.lines, cells, strict=True):
                try:
                    read.append(columns[name].read(cell))
                except UnexpectedError as error:
                    read.append(_UNREAD.get(name, ""))
                    self.bad_rows.add(file, line, field=name, expected=str(error))
        return found

    def _stage(self, table: Staged, lines: Sequence[int], cells: _Cells) -> None:
        columns = {_KEPT_AS.get(name, name): each for name, each in cells.items()}
        absent = [c.name for c in table.c if c.name not in columns and c.name != "line"]
        columns |= dict.fromkeys(absent, [""] * len(lines))
        fill(self._connection, table, {"line": [*map(str, lines)], **columns})

    def _note_repeated(self, file: str, table: Staged) -> None:
        key = _TABLES[file].key
        for line, first in repeated(self._connection, table, key):
            expected = f"each only once, found that of line {first} again"
            self.bad_rows.add(file, line, field=", ".join(key), expected=expected)


def _files_in(folder: Path, bad_rows: BadRows) -> Set[str]:
    try:
        names = {each.name for each in folder.iterdir()}
    except (OSError, ValueError):
        expected = f"a folder that can be read, found `{folder}`"
        raise FeedError([BadRow(THE_FEED, 0, "", expected)]) from None
    known = ", ".join(_TABLES)
    for name in sorted(names - _TABLES.keys()):
        if name.lower().endswith(".csv"):
            bad_rows.add(shown(name), 1, expected=f"only files named {known}")
    if names.isdisjoint(_TABLES):
        bad_rows.add(THE_FEED, 0, expected=f"one of the files {known} in `{folder}`")
    return names


def person_said(row: Row) -> PersonSaid:
    """A row of people.csv, read."""
    return PersonSaid(
        id=row["id"],
        population=row["population"],
        created_on=row["created_on"],
        coordinator=row.get("coordinator") == YES,
        terminated=row.get("wass_status") == YES,
        wass_last_access_on=row.get("wass_last_access_on", ""),
        password_changed_on=row.get("password_changed_on", ""),
        last_activity_on=row.get("last_activity_on", ""),
        rob_accepted_on=row.get("rob_accepted_on", ""),
        organisation=row.get("organisation", ""),
    )
