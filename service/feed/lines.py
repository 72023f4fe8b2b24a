"""The bytes of one CSV file as rows of cells: strict about encoding, quotes and lengths."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from service.feed.bad_rows import BadRows
from service.feed.cells import UnexpectedError, unexpected

_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 1 << 20
#: Bytes read, and rows given, at a time.
_BLOCK = 1 << 18
_TOGETHER = 5_000
_REPORT_EVERY = 1 << 20
_NOT_CSV = (
    "a row of well-formed CSV: every quote closed and then a comma or line end, "
    "lines ended by LF or CRLF, no cell over 131,072 characters"
)
#: The lines that some rows begin on, and their cells.
Records = tuple[Sequence[int], list[list[str]]]


class Lines:
    """The lines of a file as text, all of them counted; raises UnexpectedError at a bad one."""

    def __init__(self, file: BinaryIO, progress: Callable[[int], None]) -> None:
        self.number = 0
        self._file = file
        self._progress = progress
        self._unreported = 0

    def __iter__(self) -> "Lines":
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


def records_of(lines: Lines, file: str, bad_rows: BadRows) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on; what is none goes to *bad_rows*."""
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


def together(lines: Lines, records: Iterator[tuple[int, list[str]]]) -> Iterator[Records]:
    """The rows after the header with their lines: many at once, for as long as they are plain."""
    begun = lines.number + 1
    while rows := lines.many():
        yield range(begun, begun + len(rows)), rows
        begun = lines.number + 1
    while some := list(islice(records, _TOGETHER)):
        yield [line for line, _ in some], [cells for _, cells in some]
