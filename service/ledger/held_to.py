"""What a ledger is held to, gathered: public keys, the checkpoints outside, receipts in hand."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from service.ledger.keys import public_keys
from service.ledger.notes import Checkpoint, NoteError, NoteKey, open_note, read_checkpoint
from service.ledger.outside import Folder, OutsideError
from service.ledger.receipts import Receipt, key_id_of
from service.ledger.signatures import receipt_holds
from service.ledger.verify import Evidence


class EvidenceError(Exception):
    """What the ledger should be held to cannot be used; the message names the file."""


def gathered(
    connection: Connection | None,
    origin: str,
    folder: Folder | None,
    keys: Path | None,
    receipts: Path | None,
) -> Evidence:
    """Keys, checkpoints of *origin*, receipts; raises EvidenceError.

    The keys are those of a file, else those outside, else those of the database.
    A checkpoint or receipt that no known key signed is an error: it proves nothing, either way.
    """
    known = _keys_of(keys) if keys else _keys(connection, origin, folder)
    held = dict(_receipts(receipts, known)) if receipts else {}
    return Evidence(known, list(_checkpoints(folder, origin, known)) if folder else [], held)


def _keys(connection: Connection | None, origin: str, folder: Folder | None) -> dict[str, bytes]:
    raw = [key.public_key for key in _outside(folder, origin)] if folder else []
    if not raw and connection is not None:
        raw = [b64decode(key.public_key) for key in public_keys(connection)]
    if not raw:
        raise EvidenceError("expected --keys FILE: no public keys are kept with the checkpoints")
    return {key_id_of(each): each for each in raw}


def _outside(folder: Folder, origin: str) -> list[NoteKey]:
    try:
        return folder.keys(origin)
    except (NoteError, OutsideError) as error:
        raise EvidenceError(f"{folder.path}: {error}") from None


def _keys_of(file: Path) -> dict[str, bytes]:
    try:
        told = orjson.loads(file.read_bytes())["keys"]
        raw = [b64decode(each["public_key"], validate=True) for each in told]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(
            f"{file}: expected keys as /v1/ledger/keys gives them: {error}"
        ) from None
    return {key_id_of(each): each for each in raw}


def _checkpoints(folder: Folder, origin: str, known: dict[str, bytes]) -> Iterator[Checkpoint]:
    keys = [NoteKey(origin, raw) for raw in known.values()]
    try:
        before: list[str] = []
        for note in folder.notes(origin):
            tree = note.split("\n", 3)[
                :3
            ]  # one that says no more than the one before proves no more
            if tree != before:
                yield read_checkpoint(open_note(note, keys))
            before = tree
    except (NoteError, OutsideError) as error:
        raise EvidenceError(f"{folder.path}: {error}") from None


def _receipts(file: Path, known: dict[str, bytes]) -> Iterator[tuple[str, Receipt]]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        place = f"{file}:{number}"
        try:
            answer: dict[str, Any] = orjson.loads(line)
            entry_id, receipt = answer["decision_id"], Receipt(**answer["receipt"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            told = "expected an answer with decision_id and receipt"
            raise EvidenceError(f"{place}: {told}: {error}") from None
        if not receipt_holds(entry_id, receipt, known):
            raise EvidenceError(f"{place}: none of the keys signed this receipt")
        yield entry_id, receipt
