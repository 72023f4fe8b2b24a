"""Read a folder of CSV files into the staged tables: all of it, or every bad row of it."""

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import Table as Staged

from models.staging import TABLES, clear_for_many, count_up, fill
from service.feed.bad_rows import THE_FEED, BadRow, BadRows, FeedError
from service.feed.cells import Column, Reader, UnexpectedError, shown
from service.feed.files import FILES, PERSON, readers
from service.feed.header import Table
from service.feed.names import Names
from service.feed.repeated import repeated
from service.feed.rows import Rows, rows_of

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
        columns = self._columns(FILES[file])
        path, progress = self._folder / file, partial(self._progress, file)
        for rows in rows_of(path, FILES[file], bad_rows=self.bad_rows, progress=progress):
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
                plain=PERSON if self._readers[name] is self._readers["id"] else "",
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
        key = FILES[file].key
        for line, first in repeated(self._connection, table, key):
            expected = f"each only once, found that of line {first} again"
            self.bad_rows.add(file, line, field=", ".join(key), expected=expected)


def _files_in(folder: Path, bad_rows: BadRows) -> Set[str]:
    try:
        names = {each.name for each in folder.iterdir()}
    except (OSError, ValueError):
        expected = f"a folder that can be read, found `{folder}`"
        raise FeedError([BadRow(THE_FEED, 0, "", expected)]) from None
    known = ", ".join(FILES)
    for name in sorted(names - FILES.keys()):
        if name.lower().endswith(".csv"):
            bad_rows.add(shown(name), 1, expected=f"only files named {known}")
    if names.isdisjoint(FILES):
        bad_rows.add(THE_FEED, 0, expected=f"one of the files {known} in `{folder}`")
    return names
