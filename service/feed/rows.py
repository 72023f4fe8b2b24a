"""One CSV file as rows of cells, laid out column by column."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from service.feed.bad_rows import BadRows
from service.feed.header import Table, missing, note_header, picks
from service.feed.lines import Lines, Records, records_of, together


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of well-formed text: the line each begins on, and its cells column by column."""

    lines: Sequence[int]
    cells: Mapping[str, Sequence[str]]


def rows_of(
    path: Path, table: Table, *, bad_rows: BadRows, progress: Callable[[int], None]
) -> Iterator[Rows]:
    """The rows of well-formed text, some at a time; the rest goes to *bad_rows*."""
    try:
        file = _open(path)
    except OSError as error:
        bad_rows.add(path.name, 1, expected=f"a file that can be read, found `{error.strerror}`")
        return
    with file:
        lines = Lines(file, progress)
        records = records_of(lines, path.name, bad_rows)
        _, header = next(records, (1, []))
        if bad_rows.about(path.name):
            return
        note_header(path.name, header, table=table, bad_rows=bad_rows)
        if not missing(header, table):
            shape = _Shape(path.name, header, table, bad_rows)
            yield from filter(None, map(shape.rows, together(lines, records)))


def _open(path: Path) -> BinaryIO:
    if not path.is_file():
        raise OSError(0, "something that is no file")
    return path.open("rb")


class _Shape:
    """Lays rows out column by column; those of another shape than the header are noted."""

    def __init__(self, file: str, header: list[str], table: Table, bad_rows: BadRows) -> None:
        self._file = file
        self._width = len(header)
        self._picks = picks(header, table)
        self._bad_rows = bad_rows

    def rows(self, records: Records) -> Rows | None:
        lines, rows = records
        if any(len(cells) != self._width for cells in rows):
            kept = [
                (n, cells) for n, cells in zip(lines, rows, strict=True) if self._fits(n, cells)
            ]
            lines, rows = [n for n, _ in kept], [cells for _, cells in kept]
        return Rows(lines, self._columns(rows)) if rows else None

    def _fits(self, line: int, cells: list[str]) -> bool:
        if cells and len(cells) != self._width:
            expected = f"{self._width} cells as in the header, found {len(cells)}"
            self._bad_rows.add(self._file, line, expected=expected)
        return len(cells) == self._width

    def _columns(self, rows: list[list[str]]) -> dict[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {}
        columns = list(zip(*rows, strict=True))
        for name, at in self._picks:
            cells, worse = columns[at], found.get(name)
            found[name] = cells if worse is None else _better(cells, worse)
        return found


def _better(cells: Sequence[str], worse: Sequence[str]) -> list[str]:
    return [a if a.strip(" ") else b for a, b in zip(cells, worse, strict=True)]
