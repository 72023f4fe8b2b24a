"""The Merkle tree of RFC 6962: hashes, roots and proofs. Pure; it knows no database.

A range of leaves is named by its first index and the one behind its last. Proofs are made from a
function that gives the root of any range asked for, so that callers choose what they keep.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_LEAF, _NODE = b"\x00", b"\x01"
#: The root of a tree without leaves.
EMPTY = hashlib.sha256(b"").digest()
#: The root of the leaves from the first index up to, not with, the second.
RangeRoot = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what has two halves."""
    return hashlib.sha256(_NODE + left + right).digest()


@dataclass(frozen=True, slots=True)
class Peaks:
    """A tree of *size* leaves as the roots of its full subtrees, the largest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Peaks":
        """The tree with *leaves* (hashes) behind its last."""
        size, roots = self.size, list(self.roots)
        for leaf in leaves:
            roots.append(leaf)
            size += 1
            for _ in range((size & -size).bit_length() - 1):
                right = roots.pop()
                roots.append(node_hash(roots.pop(), right))
        return Peaks(size, tuple(roots))

    @property
    def root(self) -> bytes:
        """The root of the whole."""
        return _folded(self.roots) if self.roots else EMPTY


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over *leaves* (hashes)."""
    return Peaks().grown(leaves).root


def inclusion(index: int, size: int, root_of_range: RangeRoot) -> list[bytes]:
    """The proof that the leaf *index* is in the tree of *size*; raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + _half(high - low)
        if index < middle:
            path.append(root_of_range(middle, high))
            high = middle
        else:
            path.append(root_of_range(low, middle))
            low = middle
    return path[::-1]


def consistency(first: int, second: int, root_of_range: RangeRoot) -> list[bytes]:
    """The proof that the tree of *first* leaves begins that of *second*; raises ValueError."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} cannot begin one of {second}")
    if first in (0, second):
        return []
    path, low, high = [], 0, second
    while first != high:
        middle = low + _half(high - low)
        if first <= middle:
            path.append(root_of_range(middle, high))
            high = middle
        else:
            path.append(root_of_range(low, middle))
            low = middle
    return ([root_of_range(low, high)] if low else []) + path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether *path* proves that *leaf* (its hash) is number *index* of the tree of *size*."""
    if not 0 <= index < size:
        return False
    found, at, last, rest = leaf, index, size - 1, list(path)
    while last and rest:
        step = rest.pop(0)
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return not last and not rest and found == root


def extends(
    first: int, old_root: bytes, second: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether *path* proves that the tree of *second* leaves begins with that of *first*."""
    if first in (0, second):
        return not path and old_root == (new_root if first else EMPTY)
    if not 0 < first < second or not path:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    rest = list(path)
    old = new = rest.pop(0) if at else old_root
    while rest and last:
        step = rest.pop(0)
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return not last and not rest and (old, new) == (old_root, new_root)


def _half(size: int) -> int:
    """The largest power of two below *size*."""
    return 1 << (size - 1).bit_length() - 1


def _folded(roots: Sequence[bytes]) -> bytes:
    found = roots[-1]
    for root in reversed(roots[:-1]):
        found = node_hash(root, found)
    return found
