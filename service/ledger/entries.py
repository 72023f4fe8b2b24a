"""Entries of the ledger: written in the transaction they belong to, read back whole."""

import os
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, select

from models.ledger import CheckpointRow, Leaf, Signature
from models.ledger import Entry as EntryRow
from models.prepared import Prepared, together
from models.types import canonical
from service.ledger.receipts import KeyFileError, Receipt, signer_of
from service.ledger.tree import leaf_hash

_INSERT = Prepared(insert(EntryRow), *(each.name for each in EntryRow.__table__.columns))
_INSERT_LEAF = Prepared(insert(Leaf), "entry_id", "leaf_hash")
_SIGN = Prepared(insert(Signature), "entry_id", "key_id", "signature")
_ENGINE = f"gatehouse {version('gatehouse')}, pycasbin {version('pycasbin')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be kept: *said* is the whole of it, the rest is what it is found by."""

    kind: str
    as_of: datetime
    outcome: str
    said: dict[str, Any]
    person_id: str = ""
    reason: str = ""
    caller: str = field(default="")
    request_id: str = field(default="")


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it was written: its id, its exact bytes, and the receipt if a key was there."""

    entry_id: str
    body: bytes
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry drawn up, but not yet written: its row, the hash of its leaf, and the rest."""

    row: dict[str, Any]
    leaf_hash: bytes
    written: Written

    @property
    def signature(self) -> dict[str, Any]:
        """Which key signed it, and the raw signature; nothing when no key did."""
        receipt = self.written.receipt
        if receipt is None:
            return {}
        return {"key_id": receipt.key_id, "signature": b64decode(receipt.signature)}


def append(connection: Connection, entry: Entry) -> Written:
    """Write *entry* in the transaction of *connection*; raises KeyFileError where it must be
    signed and no key is at hand."""
    drawn = draw_up(connection, entry)
    entry_id, signature = drawn.written.entry_id, drawn.signature
    with together(connection):
        _INSERT.run(connection, **drawn.row)
        _INSERT_LEAF.run(connection, entry_id=entry_id, leaf_hash=drawn.leaf_hash)
        if signature:
            _SIGN.run(connection, entry_id=entry_id, **signature)
    return drawn.written


def append_all(connection: Connection, drawn: Sequence[Drawn]) -> None:
    """Write entries that are drawn up, in the transaction of *connection*."""
    leaves = [{"entry_id": each.row["id"], "leaf_hash": each.leaf_hash} for each in drawn]
    signed = [{"entry_id": e.row["id"], **e.signature} for e in drawn if e.written.receipt]
    with together(connection):
        _INSERT.run_all(connection, [each.row for each in drawn])
        _INSERT_LEAF.run_all(connection, leaves)
        _SIGN.run_all(connection, signed)


def draw_up(connection: Connection, entry: Entry) -> Drawn:
    """*entry* as it is to be written, with a receipt if a key is at hand; raises KeyFileError."""
    signer = signer_of(connection)
    if signer is None:
        _check_unsigned(connection)
    entry_id = str(uuid7(entry.as_of))
    found_by = {
        "id": entry_id,
        "kind": entry.kind,
        "person_id": entry.person_id,
        "outcome": entry.outcome,
        "reason": entry.reason,
    }
    body = {
        **entry.said,
        **found_by,
        "as_of": entry.as_of.astimezone(UTC).isoformat(),
        "caller": entry.caller,
        "request_id": entry.request_id,
        "engine": _ENGINE,
    }
    raw = canonical(body)
    leaf = leaf_hash(raw)
    receipt = signer.receipt(entry_id, leaf) if signer else None
    row = {**found_by, "as_of": entry.as_of, "body": raw}
    return Drawn(row, leaf, Written(entry_id, raw, receipt))


def _check_unsigned(connection: Connection) -> None:
    """Only before the first checkpoint: a later entry that nobody signed could be anybody's."""
    if connection.execute(select(CheckpointRow.id).limit(1)).first():
        raise KeyFileError(
            "every entry of this ledger is signed, and no key is at hand;"
            " GATEHOUSE_SIGNING_KEY names its file"
        )


def read_entry(connection: Connection, entry_id: str) -> dict[str, Any] | None:
    """The entry *entry_id* as it was written, if there is one."""
    body = connection.execute(select(EntryRow.body).where(EntryRow.id == entry_id)).scalar()
    return None if body is None else orjson.loads(body)


def made_at(entry_id: str) -> datetime:
    """The instant the entry of that id was made, to the millisecond."""
    return datetime.fromtimestamp((UUID(entry_id).int >> 80) / 1000, UTC)


def uuid7(as_of: datetime) -> UUID:
    """A time-ordered UUID (RFC 9562, version 7) of the instant *as_of*."""
    milliseconds = int(as_of.timestamp() * 1000)
    number = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 7 << 76
    return UUID(int=number & ~(0b11 << 62) | 0b10 << 62)
