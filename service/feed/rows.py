"""One CSV file as rows of cells: strict about bytes, header, shape and the kind of each cell."""

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from service.core.language import LanguageError, read_day

#: Where a mistake stands that is no single file's.
THE_FEED = "the feed"
MOST_BAD_ROWS = 10_000
YES = "yes"
_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 1 << 20
#: Bytes read, and rows given, at a time.
_BLOCK = 1 << 18
_TOGETHER = 5_000
_LONGEST_SHOWN = 60
_REPORT_EVERY = 1 << 20
#: Cells of a column whose meaning is kept: most days, codes and numbers come again.
_REMEMBERED = 50_000
_NOT_CSV = (
    "a row of well-formed CSV: every quote closed and then a comma or line end, "
    "lines ended by LF or CRLF, no cell over 131,072 characters"
)
_YES_NO = dict.fromkeys(("true", "yes", "y", "1"), YES)
_YES_NO |= dict.fromkeys(("false", "no", "n", "0"), "")
_DIGITS = re.compile(r"[0-9]{1,20}")
#: Control characters, line separators, and the signs that turn the direction of text.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

#: The cells of one row by our names; a cell that is empty and may be is not there.
Row = dict[str, str]
#: What a cell means, in one spelling; raises UnexpectedError.
Reader = Callable[[str], str]


@dataclass(frozen=True, slots=True, order=True)
class BadRow:
    """One thing to correct: where it stands (line 0: on no line) and what was expected there."""

    file: str
    line: int
    field: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(filter(None, (place, self.field, f"expected {self.expected}")))


class FeedError(Exception):
    """A feed that cannot be taken, with everything that is wrong in it."""

    def __init__(self, bad_rows: Iterable[BadRow]) -> None:
        self.bad_rows = list(bad_rows)
        super().__init__(self.bad_rows)

    def __str__(self) -> str:
        return "\n".join(map(str, self.bad_rows))


class BadRows:
    """Collects what is wrong; too much of it ends the reading at once."""

    def __init__(self) -> None:
        self._found: list[BadRow] = []

    def add(self, file: str, line: int, *, field: str = "", expected: str) -> None:
        """Note one; raises FeedError when there are too many to list."""
        if len(self._found) == MOST_BAD_ROWS:
            enough = f"at most {MOST_BAD_ROWS:,} bad rows: reading stopped, there are more"
            raise FeedError([*sorted(self._found), BadRow(THE_FEED, 0, "", enough)])
        self._found.append(BadRow(file, line, field, expected))

    def about(self, file: str) -> bool:
        """Whether anything is wrong in *file*."""
        return any(each.file == file for each in self._found)

    def raise_if_any(self) -> None:
        """Raises FeedError with all of them, sorted."""
        if self._found:
            raise FeedError(sorted(self._found))


class UnexpectedError(Exception):
    """A line or cell that is not as it should be; the message says what was expected."""


def unexpected(expected: str, found: str) -> UnexpectedError:
    """The error for *found* where something else was *expected*."""
    return UnexpectedError(f"{expected}, found `{shown(found)}`")


def shown(text: str) -> str:
    """*text* fit for one line of a message: short, and with nothing hidden in it."""
    short = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in short)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a file: its key, what else it must have, and what it may have."""

    key: tuple[str, ...]
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    #: HUD's name in small letters -> ours ("": none), the best first. Where one of them stands,
    #: the file is HUD's, and columns that nobody knows are passed over.
    hud: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there, and filled in every row."""
        return self.key + self.needed

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, by our names."""
        return self.required + self.optional


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
        lines = _Lines(file, progress)
        records = _records(lines, path.name, bad_rows)
        _, header = next(records, (1, []))
        if bad_rows.about(path.name):
            return
        _note_header(path.name, header, table=table, bad_rows=bad_rows)
        if not _missing(header, table):
            shape = _Shape(path.name, header, table, bad_rows)
            yield from filter(None, map(shape.rows, _together(lines, records)))


class Column:
    """How the cells of one column are read: each by its reader, and many of them quickly."""

    def __init__(self, reader: Reader, *, required: bool, plain: str = "") -> None:
        """A cell that is *plain* reads as itself; one that is empty, unless *required*, as ''."""
        self._reader = reader
        self._required = required
        self._plain = re.compile(f"(?:{plain}\n)*") if plain else None
        self._read = lru_cache(maxsize=_REMEMBERED)(self.read)

    def read(self, cell: str) -> str:
        """What *cell* means; raises UnexpectedError."""
        text = cell.strip(" ")
        return self._reader(text) if text or self._required else ""

    def read_all(self, cells: Sequence[str]) -> Sequence[str]:
        """What they mean; raises UnexpectedError."""
        if self._plain is not None:
            joined = "\n".join((*cells, ""))
            if joined.count("\n") == len(cells) and self._plain.fullmatch(joined):
                return cells
        return [*map(self._read, cells)]


def code(pattern: str, expected: str) -> Reader:
    """Reads a code that is *pattern* once its letters are capitals, ASCII only."""
    shape = re.compile(pattern)

    def read(text: str) -> str:
        capitals = text.upper()
        if text.isascii() and shape.fullmatch(capitals):
            return capitals
        raise unexpected(expected, text)

    return read


def one_of(words: Iterable[str]) -> Reader:
    """Reads one of *words*, as they are written."""
    meanings = {word: word for word in words}
    return lambda text: _meaning(text, meanings)


def yes_or_no(text: str) -> str:
    """Reads yes as YES and no as nothing."""
    return _meaning(text.lower(), _YES_NO)


def status(text: str) -> str:
    """Reads terminated as YES and active as nothing."""
    return _meaning(text.lower(), {"active": "", "terminated": YES})


def day_up_to(last: str) -> Reader:
    """Reads a day of our time, up to the day *last*."""

    def read(text: str) -> str:
        try:
            day = read_day(text)
        except LanguageError:
            raise unexpected("a day as YYYY-MM-DD", text) from None
        if not "1900-01-01" <= day <= "2100-12-31":
            raise unexpected("a day from 1900 to 2100", text)
        if day > last:
            raise unexpected(f"a day not after {last}", text)
        return day

    return read


def number_up_to(largest: int) -> Reader:
    """Reads a whole number from 1 to *largest*."""

    def read(text: str) -> str:
        if _DIGITS.fullmatch(text) and 1 <= int(text) <= largest:
            return str(int(text))
        raise unexpected(f"a number from 1 to {largest}", text)

    return read


def text_up_to(longest: int) -> Reader:
    """Reads plain text of at most *longest* characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise unexpected(f"at most {longest} characters", text)
        if _HIDDEN.search(text):
            raise unexpected("no control characters", text)
        return text

    return read


def _meaning(text: str, meanings: Mapping[str, str]) -> str:
    if text not in meanings:
        raise unexpected(f"one of {', '.join(sorted(meanings))}", text)
    return meanings[text]


def _open(path: Path) -> BinaryIO:
    if not path.is_file():
        raise OSError(0, "something that is no file")
    return path.open("rb")


class _Lines:
    """The lines of a file as text, all of them counted; raises UnexpectedError at a bad one."""

    def __init__(self, file: BinaryIO, progress: Callable[[int], None]) -> None:
        self.number = 0
        self._file = file
        self._progress = progress
        self._unreported = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self._file.readline(_LONGEST_LINE)
        self._report(len(raw))
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) == _LONGEST_LINE:
            self._file.seek(0, os.SEEK_END)
            raise UnexpectedError(f"lines under {_LONGEST_LINE:,} bytes; the rest was not read")
        return self._decode(raw.removeprefix(_BOM) if self.number == 1 else raw)

    def many(self) -> list[list[str]] | None:
        """The rows of the next lines, one a line; None where only a closer look can tell."""
        raw = self._file.read(_BLOCK)
        raw += self._file.readline(_LONGEST_LINE) if raw else b""
        rows = _plain_rows(raw)
        if rows is None:
            self._file.seek(-len(raw), os.SEEK_CUR)
            return None
        self._report(len(raw))
        self.number += len(rows)
        return rows

    def _decode(self, raw: bytes) -> str:
        if b"\0" in raw:
            raise UnexpectedError("text, found a NUL byte")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise unexpected("UTF-8 text", f"byte 0x{raw[error.start]:02X}") from None

    def _report(self, size: int) -> None:
        self._unreported += size
        if self._unreported >= _REPORT_EVERY or (self._unreported and not size):
            self._progress(self._unreported)
            self._unreported = 0


def _records(lines: _Lines, file: str, bad_rows: BadRows) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True, skipinitialspace=True)
    while True:
        line = lines.number + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except UnexpectedError as error:
            bad_rows.add(file, lines.number, expected=str(error))
        except csv.Error:
            bad_rows.add(file, line, expected=_NOT_CSV)
        else:
            yield line, record
            continue
        if line == 1:
            return  # rows without a header mean nothing


def _plain_rows(raw: bytes) -> list[list[str]] | None:
    """The rows of whole lines in which nothing is quoted, odd or overlong; None of any others."""
    if len(raw) >= _LONGEST_LINE or b'"' in raw or b"\0" in raw:
        return None
    try:
        lines = raw.decode("utf-8").removesuffix("\n").split("\n") if raw else []
        return list(csv.reader(lines, strict=True, skipinitialspace=True))
    except (UnicodeDecodeError, csv.Error):
        return None


_Records = tuple[Sequence[int], list[list[str]]]


def _together(lines: _Lines, records: Iterator[tuple[int, list[str]]]) -> Iterator[_Records]:
    """The rows after the header with their lines: many at once, for as long as they are plain."""
    begun = lines.number + 1
    while rows := lines.many():
        yield range(begun, begun + len(rows)), rows
        begun = lines.number + 1
    while some := list(islice(records, _TOGETHER)):
        yield [line for line, _ in some], [cells for _, cells in some]


class _Shape:
    """Lays rows out column by column; those of another shape than the header are noted."""

    def __init__(self, file: str, header: list[str], table: Table, bad_rows: BadRows) -> None:
        self._file = file
        self._width = len(header)
        self._picks = _picks(header, table)
        self._bad_rows = bad_rows

    def rows(self, records: _Records) -> Rows | None:
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


def _picks(header: list[str], table: Table) -> list[tuple[str, int]]:
    """Each of our columns with its place, the better of two sources last."""
    ours = {name: name for name in table.columns} | dict(table.hud)
    places = {name: at for at, name in enumerate(_names(header, table))}
    found = [(ours[name], places[name]) for name in ours if ours[name] and name in places]
    return found[::-1]


def _names(header: list[str], table: Table) -> list[str]:
    names = [name.strip(" ") for name in header]
    return [name.lower() for name in names] if table.hud else names


def _missing(header: list[str], table: Table) -> list[str]:
    found = dict(_picks(header, table))
    return [name for name in table.required if name not in found]


def _note_header(file: str, header: list[str], *, table: Table, bad_rows: BadRows) -> None:
    names = Counter(_names(header, table))
    hud = not table.hud.keys().isdisjoint(names)
    for name, times in names.items():
        if times > 1:
            bad_rows.add(file, 1, field=shown(name), expected=f"each column once, found {times}")
        if not hud and name not in table.columns:
            known = f"one of the columns {', '.join(table.columns)}"
            bad_rows.add(file, 1, field=shown(name), expected=f"{known}, found `{shown(name)}`")
    for name in _missing(header, table):
        bad_rows.add(file, 1, field=name, expected="this column in the header")
