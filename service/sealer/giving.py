"""Giving out checkpoints: the tree signed, at most every few seconds."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert

from models.engine import reading
from models.ledger import CheckpointRow
from service.ledger.checkpoints import check_signed, hold_to, newest_of
from service.ledger.notes import Checkpoint, NoteKey, sign_note
from service.ledger.outside import Folder
from service.ledger.receipts import Signer
from service.ledger.sealing import head, hold, waits

#: A checkpoint is made no more often than this.
EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint as it was given out."""

    checkpoint: Checkpoint
    note: str


def give_out(
    engine: Engine, signer: Signer, clock: Callable[[], datetime], folder: Folder | None
) -> Given | None:
    """Sign the tree as it is, unless the newest checkpoint is young; None then.

    Raises DivergedError, and OutsideError when the folder cannot be used.
    """
    with folder.alone() if folder is not None else nullcontext():
        return _give_out(engine, signer, clock(), folder)


def _give_out(
    engine: Engine, signer: Signer, as_of: datetime, folder: Folder | None
) -> Given | None:
    with reading(engine).begin() as connection:
        tree = head(connection)
        newest = newest_of(connection, tree.origin, folder)
        if newest is not None and timedelta() <= as_of - newest.made_at < EVERY:
            return None
        if newest is None and waits(connection):
            return None  # the first covers whatever is there, for that may be unsigned
        hold_to(connection, tree, newest)
        check_signed(connection, tree, newest, signer)
    made = Checkpoint(tree.origin, tree.peaks.size, tree.peaks.root, as_of)
    key = NoteKey(made.origin, signer.raw_public_key)
    note = sign_note(made.text(), key, signer.sign)
    if folder is not None:
        folder.keep_key(key)
        folder.add(made, note)
    with engine.begin() as connection:
        hold(connection)  # so that checkpoints are there in the order of their numbers
        row = {"size": made.size, "made_at": made.made_at, "note": note}
        connection.execute(insert(CheckpointRow), row)
    return Given(made, note)
