"""One page of rows that stand in a stable order, and behind which row the next page begins."""

from collections.abc import Iterable
from itertools import islice
from typing import Protocol, TypeVar


class Row(Protocol):
    """A row that knows its place."""

    @property
    def key(self) -> str:
        """Behind what the next one stands."""


_Row = TypeVar("_Row", bound=Row)


def page_of(rows: Iterable[_Row], limit: int) -> tuple[list[_Row], str | None]:
    """The first *limit* of *rows*, and the key of the last of them; None when it is the end."""
    found = list(islice(rows, limit + 1))
    return found[:limit], found[limit - 1].key if len(found) > limit else None
