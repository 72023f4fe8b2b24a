"""Rulebooks stored under their digest, and the one pointer that says which is active."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from models.policy import Activation, ActiveRevision, Revision
from service.core.rulebook import digest_of, read_rulebook
from service.ledger.entries import Entry, Written, append
from service.policy.folder import SHIPPED, read_texts

#: What a move of the pointer is called in the ledger.
ACTIVATION = "policy_activation"
#: Why a move of the pointer was right: its first, a second person's consent, the proof that no
#: decision changes, or the way back.
INSTALLED, APPROVED, TEXTS_ALONE, ROLLBACK = "installed", "approved", "texts alone", "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who takes a step, when, in which request, and what the note to it says."""

    by: str
    as_of: datetime
    note: str = ""
    request_id: str = ""


def install(connection: Connection, texts: Mapping[str, bytes], hand: Hand) -> str:
    """Make *texts* the active revision, asking nobody, where nobody decides by it yet; its digest.

    Raises RulebookError when they are no rulebook; then nothing has changed.
    """
    digest = read_rulebook(texts).digest
    store(connection, digest, texts, hand)
    point_to(connection, digest, INSTALLED, hand)
    return digest


def ship(connection: Connection, *, as_of: datetime) -> None:
    """Give an empty database the shipped policies as its first revision."""
    if not active_digest(connection):
        note = "The policies this Gatehouse ships"
        hand = Hand(by="gatehouse", note=note, as_of=as_of)
        install(connection, read_texts(SHIPPED), hand)


def store(connection: Connection, digest: str, texts: Mapping[str, bytes], hand: Hand) -> None:
    """Keep *texts*, that were read and found to be a rulebook, under their *digest*."""
    if stored_texts(connection, digest) is None:
        plain = {path: raw.decode() for path, raw in texts.items()}
        values = {"digest": digest, "texts": plain, "author": hand.by, "note": hand.note}
        connection.execute(insert(Revision).values(**values, stored_at=hand.as_of))


def point_to(connection: Connection, digest: str, how: str, hand: Hand) -> Written:
    """Move the pointer to a stored revision, and enter that in the ledger."""
    previous = active_digest(connection)
    pointer = {"digest": digest, "since": hand.as_of}
    if previous:
        connection.execute(update(ActiveRevision).values(**pointer))
    else:
        connection.execute(insert(ActiveRevision).values(id=1, **pointer))
    move = {"digest": digest, "replaces": previous, "how": how}
    row = {**move, "taken_by": hand.by, "note": hand.note, "activated_at": hand.as_of}
    connection.execute(insert(Activation).values(**row))
    return enter(connection, ACTIVATION, hand, move)


def enter(
    connection: Connection, kind: str, hand: Hand, said: Mapping[str, object], *, done: bool = True
) -> Written:
    """Enter a step in the ledger."""
    entry = Entry(
        kind=kind,
        as_of=hand.as_of,
        outcome="done" if done else "refused",
        caller=hand.by,
        request_id=hand.request_id,
        said={**said, "by": hand.by, "note": hand.note},
    )
    return append(connection, entry)


def active_digest(connection: Connection) -> str:
    """The digest of the active revision; '' when there is none yet."""
    return connection.execute(select(ActiveRevision.digest)).scalar() or ""


def active_since(connection: Connection) -> datetime:
    """Since when it is active; raises NoResultFound when none is."""
    return connection.execute(select(ActiveRevision.since)).scalar_one()


def stored_texts(connection: Connection, digest: str) -> dict[str, bytes] | None:
    """The texts stored under *digest*, if any; raises ValueError when they are not those."""
    plain = connection.execute(select(Revision.texts).where(Revision.digest == digest)).scalar()
    if plain is None:
        return None
    texts = {path: text.encode() for path, text in plain.items()}
    if digest_of(texts) != digest:
        raise ValueError(f"the stored texts of revision {digest} are not what it names")
    return texts
