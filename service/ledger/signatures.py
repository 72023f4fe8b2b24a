"""Signatures of entries: who signed what, and whether it holds."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from models.ledger import Leaf, Signature
from service.ledger.receipts import Receipt, Signer, signed_text

_AT_ONCE = 1000
#: Raw public keys, by what receipts call them.
Keys = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Signed:
    """An entry's leaf hash, the id of the key that signed it ('' for none), and the signature."""

    entry_id: str
    leaf_hash: bytes
    key_id: str
    signature: bytes

    def by(self, keys: Keys) -> bool:
        """Whether one of *keys* signed it."""
        key = keys.get(self.key_id)
        return key is not None and _holds(key, self)

    @property
    def text(self) -> bytes:
        """What is signed."""
        return signed_text(self.entry_id, self.leaf_hash.hex())


def _holds(key: bytes, signed: Signed) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed.signature, signed.text)
    except InvalidSignature:
        return False
    return True


def receipt_holds(entry_id: str, receipt: Receipt, keys: Keys) -> bool:
    """Whether *receipt* is one that was given for the entry *entry_id*."""
    try:
        signature = b64decode(receipt.signature, validate=True)
        hashed = bytes.fromhex(receipt.leaf_hash)
    except ValueError:
        return False
    return Signed(entry_id, hashed, receipt.key_id, signature).by(keys)


def signs_again(signer: Signer, keys: Keys) -> Callable[[Signed], bool]:
    """Whether one of *keys* signed what is asked about; of *signer*'s own, by signing it again.

    An Ed25519 signature is the same each time it is made, and made in a quarter of the time in
    which it is checked.
    """

    def holds(signed: Signed) -> bool:
        own = signed.key_id == signer.key_id and signer.sign(signed.text) == signed.signature
        return own or signed.by(keys)

    return holds


def unsigned(connection: Connection, first: int, end: int, holds: Callable[[Signed], bool]) -> str:
    """The first entry from the place *first* up to, not with, *end* whose signature *holds* not.

    '' when there is none. At the beginning of a ledger, *first* 0, entries may have no signature.
    """
    query = (
        select(Leaf.entry_id, Leaf.leaf_hash, Signature.key_id, Signature.signature)
        .outerjoin(Signature, Signature.entry_id == Leaf.entry_id)
        .where(Leaf.tree_index >= first, Leaf.tree_index < end)
        .order_by(Leaf.tree_index)
    )
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            signed = Signed(row.entry_id, row.leaf_hash, row.key_id or "", row.signature or b"")
            if (first or signed.signature) and not holds(signed):
                return signed.entry_id
    return ""
