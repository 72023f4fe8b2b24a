"""What one cell of a feed means: a code, a day, a number, a word or plain text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from models.staging import YES
from service.core.language import LanguageError, read_day

_LONGEST_SHOWN = 60
#: Cells of a column whose meaning is kept: most days, codes and numbers come again.
_REMEMBERED = 50_000
_YES_NO = dict.fromkeys(("true", "yes", "y", "1"), YES)
_YES_NO |= dict.fromkeys(("false", "no", "n", "0"), "")
_DIGITS = re.compile(r"[0-9]{1,20}")
#: Control characters, line separators, and the signs that turn the direction of text.
HIDDEN = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
_HIDDEN = re.compile(f"[{HIDDEN}]")
#: What a cell means, in one spelling; raises UnexpectedError.
Reader = Callable[[str], str]


class UnexpectedError(Exception):
    """A line or cell that is not as it should be; the message says what was expected."""


def unexpected(expected: str, found: str) -> UnexpectedError:
    """The error for *found* where something else was *expected*."""
    return UnexpectedError(f"{expected}, found `{shown(found)}`")


def shown(text: str) -> str:
    """*text* fit for one line of a message: short, and with nothing hidden in it."""
    short = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in short)


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
