"""What is wrong with a feed: row by row, and what stands there told so that it can be shown."""

from collections.abc import Iterable
from dataclasses import dataclass

#: Where a mistake stands that is no single file's.
THE_FEED = "the feed"
MOST_BAD_ROWS = 10_000


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
