"""Proofs out of the database: an entry is in the tree, one tree begins another."""

from sqlalchemy import Connection

from service.ledger.sealing import WIDTH, stored
from service.ledger.tree import consistency, inclusion, root_of


class Ranges:
    """The roots of ranges of leaves of one database, from nodes where they are kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, low: int, high: int) -> bytes:
        """The root of the leaves from *low* up to, not with, *high*; raises LookupError."""
        return root_of(self._parts(low, high))

    def _parts(self, low: int, high: int) -> list[bytes]:
        """Roots of equal full ranges that make up the whole, and of single leaves at its end.

        A range of a tree begins at a multiple of the largest power of two below its length, so
        that full parts of one size fold to the same root as their leaves do.
        """
        level, span = 0, 1
        while span * WIDTH <= high - low:
            level, span = level + 1, span * WIDTH
        full = (high - low) // span
        parts = stored(self._connection, level, low // span, low // span + full)
        if len(parts) != full:
            raise LookupError(f"the tree lacks what is between {low} and {high}")
        rest = low + full * span
        return parts if rest == high else [*parts, self(rest, high)]


def prove_inclusion(connection: Connection, index: int, size: int) -> list[bytes]:
    """That the leaf *index* is in the tree of *size*; raises ValueError, LookupError."""
    return inclusion(index, size, Ranges(connection))


def prove_consistency(connection: Connection, first: int, second: int) -> list[bytes]:
    """That the tree of *first* leaves begins that of *second*; raises ValueError, LookupError."""
    return consistency(first, second, Ranges(connection))
