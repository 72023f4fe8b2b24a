"""The public keys Gatehouse signs with: kept from the first use on, never taken away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.keys import PublicKey
from models.ledger import Signature
from models.upsert import insert_new
from service.ledger.entries import Entry, append
from service.ledger.receipts import Signer


@dataclass(frozen=True, slots=True)
class Key:
    """A public key (raw, base64), its id, and when it was first used."""

    key_id: str
    public_key: str
    first_used_at: datetime


def public_keys(connection: Connection) -> list[Key]:
    """Every key that was ever used, the newest last."""
    query = select(PublicKey.key_id, PublicKey.public_key, PublicKey.first_used_at)
    return [Key(*row) for row in connection.execute(query.order_by(PublicKey.first_used_at))]


def newest_signer(connection: Connection) -> str:
    """The id of the key that signed the newest signed entry; '' when none is signed."""
    newest = select(Signature.key_id).order_by(Signature.entry_id.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def use_key(connection: Connection, signer: Signer, as_of: datetime) -> None:
    """Make the key of *signer* known, with a ledger entry, when it is new.

    Of hosts that start at once with a new key, one does, and the others wait for it.
    """
    row = {"key_id": signer.key_id, "public_key": signer.public_key, "first_used_at": as_of}
    new = insert_new(connection, PublicKey).values(**row).returning(PublicKey.key_id)
    if connection.execute(new).first() is None:
        return
    said = {"key_id": signer.key_id, "public_key": signer.public_key}
    append(connection, Entry(kind="key_first_used", as_of=as_of, outcome="done", said=said))
