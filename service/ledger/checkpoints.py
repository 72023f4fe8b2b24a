"""Checkpoints: the tree signed, at most every few seconds, and never another past than before."""

from base64 import b64decode

from sqlalchemy import Connection, select

from models.ledger import CheckpointRow
from models.types import AnyRow
from service.ledger.keys import public_keys
from service.ledger.notes import (
    Checkpoint,
    NoteError,
    NoteKey,
    open_note,
    read_checkpoint,
)
from service.ledger.outside import Folder
from service.ledger.proofs import prove_consistency
from service.ledger.receipts import Signer
from service.ledger.sealing import Head
from service.ledger.signatures import signs_again, unsigned
from service.ledger.tree import extends


class DivergedError(Exception):
    """The database does not go on from the newest checkpoint outside; nothing is signed."""


def check_signed(
    connection: Connection, tree: Head, newest: Checkpoint | None, signer: Signer
) -> None:
    """Raise DivergedError where an entry behind *newest* is of somebody without a key."""
    keys = {key.key_id: b64decode(key.public_key) for key in public_keys(connection)}
    first = newest.size if newest else 0
    if found := unsigned(connection, first, tree.peaks.size, signs_again(signer, keys)):
        raise DivergedError(f"nobody who is known signed the entry {found}; somebody put it in")


def newest_of(connection: Connection, origin: str, folder: Folder | None) -> Checkpoint | None:
    """The newest checkpoint, from outside where there is an outside; raises DivergedError."""
    note = folder.newest(origin) if folder is not None else newest_note(connection)
    if not note:
        return None
    try:
        return read_checkpoint(open_note(note, note_keys(connection, origin)))
    except NoteError as error:
        raise DivergedError(f"the newest checkpoint outside is none of ours: {error}") from None


def newest_given(connection: Connection) -> AnyRow | None:
    """The newest checkpoint that was given out (size, made_at, note); None before the first."""
    query = select(CheckpointRow.size, CheckpointRow.made_at, CheckpointRow.note)
    return connection.execute(query.order_by(CheckpointRow.id.desc()).limit(1)).first()


def newest_note(connection: Connection) -> str:
    """Its note; '' before the first."""
    given = newest_given(connection)
    return str(given.note) if given else ""


def note_keys(connection: Connection, origin: str) -> list[NoteKey]:
    """Every key that ever signed here, past ones too."""
    return [NoteKey(origin, b64decode(key.public_key)) for key in public_keys(connection)]


def hold_to(connection: Connection, tree: Head, newest: Checkpoint | None) -> None:
    """Raise DivergedError unless *tree* goes on from *newest*."""
    if newest is None:
        return
    size = tree.peaks.size
    if size < newest.size:
        raise DivergedError(
            f"the checkpoint outside has {newest.size} entries, the database {size}:"
            " an old copy was restored, or entries are gone"
        )
    try:
        path = prove_consistency(connection, newest.size, size)
    except LookupError as error:
        raise DivergedError(str(error)) from None
    if not extends(newest.size, newest.root, size, tree.peaks.root, path):
        raise DivergedError(
            f"the {newest.size} entries of the checkpoint outside are not those of the database"
        )
