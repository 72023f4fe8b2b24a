"""Clients: the systems and people that may call, known by a token that is shown once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from models.gate import Client as Row
from models.prepared import Prepared
from models.types import AnyRow
from service.ledger.entries import Entry, append

#: What a client may be allowed to do; each endpoint asks for one.
SCOPES = {
    "gate": "ask at a login, accept the Rules of Behavior",
    "subsystem": "act for coordinators in the Recertification subsystem",
    "feed": "say what WASS says",
    "auditor": "read decisions and the ledger",
    "author": "publish policy revisions",
    "approver": "approve policy revisions",
    "operator": "read metrics",
}


#: The row of the live client whose token has the parameter *token_digest*.
LIVE = and_(Row.token_digest == bindparam("token_digest"), Row.revoked_at.is_(None))
_LIVE = Prepared(select(Row.name, Row.scopes).where(LIVE))


class ClientError(Exception):
    """The client cannot be added or revoked; the text says why."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client, and what it may do."""

    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known(Client):
    """A client as it is listed; never its token."""

    created_at: datetime
    revoked_at: datetime | None


def add_client(connection: Connection, name: str, scopes: list[str], as_of: datetime) -> str:
    """Add a client; its token, which nobody can read again. Raises ClientError."""
    if not name.isprintable() or not 0 < len(name) <= 80:
        raise ClientError("expected a name of 1 to 80 printable characters")
    if name in {each.name for each in list_clients(connection)}:
        raise ClientError(f"there is a client {name} already; choose another name")
    token = f"gh_{secrets.token_urlsafe(32)}"
    chosen = sorted(set(scopes))
    values = {"name": name, "token_digest": digest_of(token), "scopes": " ".join(chosen)}
    connection.execute(insert(Row).values(**values, created_at=as_of))
    said = {"client": name, "scopes": chosen}
    append(connection, Entry(kind="client_added", as_of=as_of, outcome="done", said=said))
    return token


def renew_client(connection: Connection, name: str, scopes: list[str], as_of: datetime) -> str:
    """Add the client, or give the one there is a new token, ending its old one; the token."""
    connection.execute(delete(Row).where(Row.name == name))
    return add_client(connection, name, scopes, as_of)


def list_clients(connection: Connection) -> list[Known]:
    """Every client there is or was, by name."""
    told = select(Row.name, Row.scopes, Row.created_at, Row.revoked_at)
    rows = connection.execute(told.order_by(Row.name))
    return [_known(row) for row in rows]


def revoke_client(connection: Connection, name: str, as_of: datetime) -> None:
    """End a client: from its next call on it is nobody. Raises ClientError."""
    live = update(Row).where(Row.name == name, Row.revoked_at.is_(None))
    if not connection.execute(live.values(revoked_at=as_of)).rowcount:
        raise ClientError(f"there is no live client {name}; `gatehouse client list` shows them")
    entry = Entry(kind="client_revoked", as_of=as_of, outcome="done", said={"client": name})
    append(connection, entry)


def find_client(connection: Connection, token: str) -> Client | None:
    """The live client whose *token* this is. Looked up by digest, so no time tells anything."""
    for name, scopes in _LIVE.rows(connection, token_digest=digest_of(token)):
        return client_of(name, scopes)
    return None


def client_of(name: str, scopes: str) -> Client:
    """The client of a row."""
    return Client(name, tuple(scopes.split()))


def _known(row: AnyRow) -> Known:
    return Known(row.name, tuple(row.scopes.split()), row.created_at, row.revoked_at)


def digest_of(token: str) -> str:
    """What is kept of a *token*."""
    return hashlib.sha256(token.encode()).hexdigest()
