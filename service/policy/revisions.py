"""Storing rulebooks under their digest and moving the one pointer that says which is active."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from models.policy import ActiveRevision, Revision
from service.core.rulebook import digest_of, read_rulebook
from service.ledger.entries import Entry, append
from service.policy.folder import SHIPPED, read_texts


def activate(
    connection: Connection, texts: Mapping[str, bytes], *, author: str, note: str, as_of: datetime
) -> str:
    """Store *texts* as a revision, make it the active one, and enter it in the ledger; its digest.

    Raises RulebookError when they are no rulebook; then nothing has changed.
    """
    digest = read_rulebook(texts).digest
    previous = active_digest(connection)
    if stored_texts(connection, digest) is None:
        plain = {path: raw.decode() for path, raw in texts.items()}
        values = {"digest": digest, "texts": plain, "author": author, "note": note}
        connection.execute(insert(Revision).values(**values, stored_at=as_of))
    pointer = {"digest": digest, "since": as_of}
    if previous:
        connection.execute(update(ActiveRevision).values(**pointer))
    else:
        connection.execute(insert(ActiveRevision).values(id=1, **pointer))
    what = {"digest": digest, "replaces": previous, "author": author, "note": note}
    append(connection, Entry(kind="policy_activation", as_of=as_of, outcome="done", said=what))
    return digest


def ship(connection: Connection, *, as_of: datetime) -> None:
    """Give an empty database the shipped policies as its first revision."""
    if not active_digest(connection):
        note = "The policies this Gatehouse ships"
        activate(connection, read_texts(SHIPPED), author="gatehouse", note=note, as_of=as_of)


def active_digest(connection: Connection) -> str:
    """The digest of the active revision; '' when there is none yet."""
    return connection.execute(select(ActiveRevision.digest)).scalar() or ""


def stored_texts(connection: Connection, digest: str) -> dict[str, bytes] | None:
    """The texts stored under *digest*, if any; raises ValueError when they are not those."""
    plain = connection.execute(select(Revision.texts).where(Revision.digest == digest)).scalar()
    if plain is None:
        return None
    texts = {path: text.encode() for path, text in plain.items()}
    if digest_of(texts) != digest:
        raise ValueError(f"the stored texts of revision {digest} are not what it names")
    return texts
