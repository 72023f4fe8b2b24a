"""The tables, one close family per file. Importing this package knows them all."""

from models import access, certification, closing, gate, idempotency, keys, ledger, people, policy
from models.base import Base

__all__ = [
    "Base",
    "access",
    "certification",
    "closing",
    "gate",
    "idempotency",
    "keys",
    "ledger",
    "people",
    "policy",
]
