"""Receipts: an Ed25519 signature over a ledger entry, which every answer carries.

Whoever keeps a receipt can prove that the entry was promised: the signed text names the entry and
the hash of its exact bytes, the leaf of RFC 6962.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, Engine

from service.secret_files import others_may_read, write_once

#: Execution option of a connection whose entries are signed.
_SIGNER = "gatehouse_signer"


class KeyFileError(Exception):
    """The signing key cannot be used; the text names the file and the cure."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The promise: the key's id, the leaf hash (hex) and the signature (base64)."""

    key_id: str
    leaf_hash: str
    signature: str


class Signer:
    """Signs with one private key, known to others by *key_id* and *public_key* (raw, base64)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._key = key
        self.raw_public_key = raw
        self.public_key = b64encode(raw).decode()
        self.key_id = key_id_of(raw)

    def receipt(self, entry_id: str, leaf_hash: bytes) -> Receipt:
        """The receipt for the entry *entry_id*, whose exact bytes have that hash as a leaf."""
        leaf = leaf_hash.hex()
        signature = self.sign(signed_text(entry_id, leaf))
        return Receipt(self.key_id, leaf, b64encode(signature).decode())

    def sign(self, data: bytes) -> bytes:
        """The signature over *data*."""
        return self._key.sign(data)


def key_id_of(public_key: bytes) -> str:
    """What receipts call the key whose raw public half this is."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def signing(engine: Engine, find: Callable[[], Signer | None]) -> Engine:
    """The same engine, whose connections sign every entry with whom *find* finds."""
    return engine.execution_options(**{_SIGNER: find})


def signer_of(connection: Connection) -> Signer | None:
    """Who signs what is entered through *connection*; None without a key at hand."""
    find: Callable[[], Signer | None] | None = connection.get_execution_options().get(_SIGNER)
    return find() if find else None


def signed_text(entry_id: str, leaf_hash: str) -> bytes:
    """The bytes a receipt signs: three lines, the last one ended too."""
    return f"gatehouse receipt v1\n{entry_id}\n{leaf_hash}\n".encode()


def read_signer(path: Path) -> Signer:
    """The signer whose private key (PEM) is in *path*; raises KeyFileError."""
    try:
        open_to_others = others_may_read(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyFileError(
            f"{path}: there is no signing key; GATEHOUSE_SIGNING_KEY names it"
        ) from None
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path}: expected a private key in PEM: {error}") from None
    if open_to_others:
        raise KeyFileError(f"{path}: others may read the signing key; `chmod 600 {path}`")
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: expected an Ed25519 key")
    return Signer(key)


def make_key(path: Path) -> None:
    """Write a new private key to *path*, readable by its owner only, unless there is one."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    write_once(path, pem)
