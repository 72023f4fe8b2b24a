"""Sealing: leaves get their place in the tree, one host at a time, in transactions of their own.

What is sealed is chosen by having no place yet, never by its number: entries that are committed
late, a killed sealer or a restored copy leave no gap and use no place twice.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from models.ledger import Leaf, Node, TreeHead
from service.ledger.entries import made_at
from service.ledger.tree import Peaks, root_of

#: The most leaves that are sealed under one lock.
BATCH = 256
#: Leaves, or roots of the level below, that a node of the next level stands for.
WIDTH = 256
_HASH = 32
_PLACE = update(Leaf).where(Leaf.entry_id == bindparam("of")).values(tree_index=bindparam("place"))


@dataclass(frozen=True, slots=True)
class Head:
    """The tree of a database: its name, and the tree itself."""

    origin: str
    peaks: Peaks


def head(connection: Connection) -> Head:
    """The tree as it is; raises LookupError when there is none."""
    found = _head(connection, hold=False)
    if found is None:
        raise LookupError("there is no tree; run `gatehouse db upgrade`")
    return found


def seal(connection: Connection) -> int:
    """Give the leaves that wait their places, at most BATCH; how many. 0 while another seals."""
    held = _head(connection, hold=True)
    if held is None:
        return 0
    waiting = select(Leaf.entry_id, Leaf.leaf_hash).where(Leaf.tree_index.is_(None))
    rows = connection.execute(waiting.order_by(Leaf.entry_id).limit(BATCH)).all()
    if not rows:
        return 0
    first = held.peaks.size
    places = [{"of": row.entry_id, "place": first + n} for n, row in enumerate(rows)]
    connection.execute(_PLACE, places)
    grown = held.peaks.grown(bytes(row.leaf_hash) for row in rows)
    _keep_nodes(connection, first, grown.size)
    values = {"size": grown.size, "peaks": b"".join(grown.roots)}
    connection.execute(update(TreeHead).values(**values))
    return len(rows)


def hold(connection: Connection) -> None:
    """Let nobody else seal or number a checkpoint before the commit."""
    connection.execute(select(TreeHead.id).with_for_update())


def waits(connection: Connection) -> bool:
    """Whether a leaf waits for its place."""
    first = select(Leaf.entry_id).where(Leaf.tree_index.is_(None)).limit(1)
    return connection.execute(first).first() is not None


def waiting(connection: Connection) -> int:
    """How many leaves wait for their place."""
    query = select(func.count()).select_from(Leaf).where(Leaf.tree_index.is_(None))
    return connection.execute(query).scalar_one()


def waiting_since(connection: Connection) -> datetime | None:
    """When the oldest entry was made that waits for its place; None when none waits."""
    oldest = select(Leaf.entry_id).where(Leaf.tree_index.is_(None)).order_by(Leaf.entry_id)
    found = connection.execute(oldest.limit(1)).scalar()
    return None if found is None else made_at(found)


def _head(connection: Connection, *, hold: bool) -> Head | None:
    query = select(TreeHead.origin, TreeHead.size, TreeHead.peaks)
    if hold:
        query = query.with_for_update(skip_locked=True)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    raw = bytes(row.peaks)
    roots = tuple(raw[at : at + _HASH] for at in range(0, len(raw), _HASH))
    return Head(row.origin, Peaks(row.size, roots))


def _keep_nodes(connection: Connection, first: int, size: int) -> None:
    """Keep the roots of what is full now and was not when there were *first* leaves."""
    level, span = 1, WIDTH
    while size // span > first // span:
        numbers = range(first // span, size // span)
        nodes = [
            {"level": level, "number": n, "root": root_of(_below(connection, level, n))}
            for n in numbers
        ]
        connection.execute(insert(Node), nodes)
        level, span = level + 1, span * WIDTH


def _below(connection: Connection, level: int, number: int) -> list[bytes]:
    """What the node *number* of *level* stands for: leaves, or nodes of the level below."""
    return stored(connection, level - 1, number * WIDTH, (number + 1) * WIDTH)


def stored(connection: Connection, level: int, first: int, end: int) -> list[bytes]:
    """The nodes of *level* from *first* up to, not with, *end*, as far as there are; 0: leaves."""
    if level:
        within = Node.level == level, Node.number >= first, Node.number < end
        query = select(Node.root).where(*within).order_by(Node.number)
    else:
        leaves = select(Leaf.leaf_hash).where(Leaf.tree_index >= first, Leaf.tree_index < end)
        query = leaves.order_by(Leaf.tree_index)
    return [bytes(each) for each in connection.scalars(query)]
