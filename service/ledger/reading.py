"""Reading the whole ledger in the order of its tree, from the database or from an export.

An export is text in UTF-8 with a line break (LF) after every line. The first line is
`gatehouse ledger export v1 ` and the origin. Then comes a line for each entry, sealed ones in the
order of the tree and the others behind them, of five fields with one space between:
index (`-` while it is not sealed), entry id, the entry's exact bytes in base64, the id of the key
that signed it and the signature in base64 (`-` and `-` where it is not signed).
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, func, select

from models.ledger import Entry, Leaf, Signature
from models.types import AnyRow
from service.ledger.sealing import head
from service.ledger.tree import leaf_hash

_FORMAT = "gatehouse ledger export v1 "
_AT_ONCE = 2000
_NOTHING = "-"
_COLUMNS = ("id", "kind", "as_of", "person_id", "outcome", "reason")


class ExportError(Exception):
    """The file is no export; the message says where."""


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
        with connection.execute(each.execution_options(yield_per=_AT_ONCE)) as rows:
            yield from map(_kept, rows)


def stray(connection: Connection) -> str:
    """The first entry the tree knows nothing of; '' when there is none."""
    query = select(Entry.id).outerjoin(Leaf, Leaf.entry_id == Entry.id)
    lost = query.where(Leaf.entry_id.is_(None)).order_by(Entry.id).limit(1)
    return connection.execute(lost).scalar() or ""


def how_many(connection: Connection) -> int:
    """How many leaves there are."""
    return connection.execute(select(func.count()).select_from(Leaf)).scalar_one()


def export(connection: Connection, out: TextIO) -> Iterator[Kept]:
    """Write the ledger to *out*, yielding each entry that was written.

    Raises ExportError when an entry is gone.
    """
    out.write(f"{_FORMAT}{head(connection).origin}\n")
    for each in kept(connection):
        out.write(_line(each))
        yield each


def export_some(connection: Connection, ids: Sequence[str], out: TextIO) -> Iterator[Kept]:
    """Write the entries *ids* alone as an export does, yielding each; raises ExportError."""
    out.write(f"{_FORMAT}{head(connection).origin}\n")
    found = (kept(connection, only=ids[n : n + _AT_ONCE]) for n in range(0, len(ids), _AT_ONCE))
    for each in chain.from_iterable(found):
        out.write(_line(each))
        yield each


def _line(each: Kept) -> str:
    if each.body is None:
        raise ExportError(f"the entry {each.entry_id} is gone; `gatehouse ledger verify`")
    index = _NOTHING if each.index is None else str(each.index)
    body = b64encode(each.body).decode()
    signature = b64encode(each.signature).decode() or _NOTHING
    return f"{index} {each.entry_id} {body} {each.key_id or _NOTHING} {signature}\n"


def exported_origin(file: Path) -> str:
    """The origin of the export in *file*; raises ExportError."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        first = lines.readline()
    if not first.startswith(_FORMAT) or not first.endswith("\n"):
        raise ExportError(f"{file}:1: expected `{_FORMAT}ORIGIN`")
    return first.removeprefix(_FORMAT).strip()


def exported(file: Path) -> Iterator[Kept]:
    """The entries of the export in *file*; raises ExportError."""
    with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if number > 1:
                yield _read(line, f"{file}:{number}")


def _read(line: str, place: str) -> Kept:
    fields = line.removesuffix("\n").split(" ")
    if len(fields) != 5 or not line.endswith("\n"):
        raise ExportError(f"{place}: expected five fields and the end of the line")
    index, entry_id, body, key_id, signature = fields
    try:
        raw = b64decode(body, validate=True)
        signed = b"" if signature == _NOTHING else b64decode(signature, validate=True)
        at = None if index == _NOTHING else int(index)
    except (Base64Error, ValueError) as error:
        raise ExportError(f"{place}: {error}") from None
    return Kept(at, entry_id, leaf_hash(raw), key_id.strip(_NOTHING), signed, raw, None)


def _kept(row: AnyRow) -> Kept:
    index, entry_id, leaf, key_id, signature, body, *copies = row
    signed = key_id or "", bytes(signature or b"")
    if body is None:
        return Kept(index, entry_id, bytes(leaf), *signed, None, None)
    told = dict(zip(_COLUMNS, copies, strict=True))
    told["as_of"] = told["as_of"].isoformat()
    return Kept(index, entry_id, bytes(leaf), *signed, bytes(body), told)
