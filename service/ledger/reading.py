"""Reading the whole ledger of a database in the order of its tree."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from models.ledger import Entry, Leaf, Signature
from models.types import AnyRow

#: Entries held in memory.
AT_ONCE = 2000
_COLUMNS = ("id", "kind", "as_of", "person_id", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it is kept: its place, its bytes, its receipt.

    *body* is None where the entry is gone; *copies* are the columns beside it, if there are any.
    """

    index: int | None
    entry_id: str
    leaf_hash: bytes
    key_id: str
    signature: bytes
    body: bytes | None
    copies: dict[str, str] | None


def kept(connection: Connection, *, only: Collection[str] | None = None) -> Iterator[Kept]:
    """Every entry of the database, or *only* those: sealed ones first, in the tree's order."""
    copies = [getattr(Entry, name) for name in _COLUMNS]
    signed = Signature.key_id, Signature.signature
    query = (
        select(Leaf.tree_index, Leaf.entry_id, Leaf.leaf_hash, *signed, Entry.body, *copies)
        .outerjoin(Entry, Entry.id == Leaf.entry_id)
        .outerjoin(Signature, Signature.entry_id == Leaf.entry_id)
    )
    if only is not None:
        query = query.where(Leaf.entry_id.in_(sorted(only)))
    sealed = query.where(Leaf.tree_index.is_not(None)).order_by(Leaf.tree_index)
    waiting = query.where(Leaf.tree_index.is_(None)).order_by(Leaf.entry_id)
    for each in (sealed, waiting):
        with connection.execute(each.execution_options(yield_per=AT_ONCE)) as rows:
            yield from map(_kept, rows)


def stray(connection: Connection) -> str:
    """The first entry the tree knows nothing of; '' when there is none."""
    query = select(Entry.id).outerjoin(Leaf, Leaf.entry_id == Entry.id)
    lost = query.where(Leaf.entry_id.is_(None)).order_by(Entry.id).limit(1)
    return connection.execute(lost).scalar() or ""


def how_many(connection: Connection) -> int:
    """How many leaves there are."""
    return connection.execute(select(func.count()).select_from(Leaf)).scalar_one()


def _kept(row: AnyRow) -> Kept:
    index, entry_id, leaf, key_id, signature, body, *copies = row
    signed = key_id or "", bytes(signature or b"")
    if body is None:
        return Kept(index, entry_id, bytes(leaf), *signed, None, None)
    told = dict(zip(_COLUMNS, copies, strict=True))
    told["as_of"] = told["as_of"].isoformat()
    return Kept(index, entry_id, bytes(leaf), *signed, bytes(body), told)
