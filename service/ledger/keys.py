"""The public keys Gatehouse signs with: kept from the first use on, never taken away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from models.keys import PublicKey
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


def use_key(connection: Connection, signer: Signer, as_of: datetime) -> None:
    """Make the key of *signer* known, with a ledger entry, when it is new."""
    if signer.key_id in {each.key_id for each in public_keys(connection)}:
        return
    row = {"key_id": signer.key_id, "public_key": signer.public_key, "first_used_at": as_of}
    connection.execute(insert(PublicKey), row)
    said = {"key_id": signer.key_id, "public_key": signer.public_key}
    append(connection, Entry(kind="key_first_used", as_of=as_of, outcome="done", said=said))
