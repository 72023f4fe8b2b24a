"""Clients: the systems and people that may call, each known by a token that is shown once.

Of a token a keyed hash is kept. Its first half finds the row, and the whole is compared in a time
that tells nothing; whether the client may call is for the rules to say (rules/api.csv).
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, bindparam, insert, inspect, select, update

from models.gate import Client as Row
from models.token_key import token_key_of
from models.types import AnyRow
from service.core.api_facts import SCOPES as SCOPES  # what `client add` may be told
from service.ledger.entries import Entry, append

#: For so long both tokens of a renewed client are good: the rest of the day, and the next one.
OVERLAP = timedelta(days=1)
_HALF = 32
_REMEMBERED = 1000

#: The row whose token has the parameter *token_id*, and what is read of it to know who calls.
FOUND = Row.token_id == bindparam("token_id")
COLUMNS = (Row.token_digest, Row.name, Row.scopes, Row.expires_on, Row.revoked_at)


class ClientError(Exception):
    """The client cannot be added, renewed or revoked; the text says why."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client by one of its tokens: what it may do, until which day ('' for ever)."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    expires_on: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A token as it is listed; never the token itself."""

    name: str
    scopes: tuple[str, ...]
    expires_on: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def add_client(
    connection: Connection, name: str, scopes: Iterable[str], as_of: datetime, expires_on: str = ""
) -> str:
    """Add a client, whose token is good until *expires_on*; the token, which nobody can read
    again. Raises ClientError."""
    if not name.isprintable() or not 0 < len(name) <= 80:
        raise ClientError("expected a name of 1 to 80 printable characters")
    if connection.execute(select(Row.token_id).where(Row.name == name).limit(1)).first():
        raise ClientError(
            f"there is a client {name} already; choose another name, or `gatehouse client renew`"
        )
    chosen = " ".join(sorted(set(scopes)))
    return _give(connection, "client_added", name, chosen, as_of, expires_on)


def renew_client(
    connection: Connection, name: str, as_of: datetime, *, expires_on: str, old_until: str
) -> str:
    """Give the client another token; the old one is good until the day *old_until* at most, and
    ends at once when that is ''. Raises ClientError."""
    live = _live(connection, name)
    if old_until:
        sooner = (Row.expires_on.is_(None)) | (Row.expires_on > old_until)
        old = update(Row).where(Row.name == name, sooner)
        connection.execute(old.values(expires_on=old_until))
    else:
        _end(connection, name, as_of)
    return _give(connection, "client_renewed", name, live.scopes, as_of, expires_on)


def list_clients(connection: Connection) -> list[Known]:
    """Every token there is or was, by the name of its client, the older one first."""
    told = (Row.name, Row.scopes, Row.expires_on, Row.revoked_at, Row.created_at, Row.last_used_at)
    rows = connection.execute(select(*told).order_by(Row.name, Row.created_at, Row.token_id))
    return [_known(row) for row in rows]


def revoke_client(connection: Connection, name: str, as_of: datetime) -> None:
    """End a client: from its next call on it is nobody. Raises ClientError."""
    _live(connection, name)
    _end(connection, name, as_of)
    entry = Entry(kind="client_revoked", as_of=as_of, outcome="done", said={"client": name})
    append(connection, entry)


def id_of(mac: str) -> str:
    """By what the row of a token is found, which is kept as *mac*."""
    return mac[:_HALF]


def client_of(
    mac: str, kept: str, name: str, scopes: str, expires_on: str, revoked_at: datetime | None
) -> Client | None:
    """The client of a row that keeps *kept*, if its token is the one of *mac*."""
    if not hmac.compare_digest(mac, kept):
        return None
    return _client(id_of(mac), name, scopes, expires_on, revoked_at is not None)


def wrong_token_key(connection: Connection) -> str:
    """What is wrong with the key at hand, and the cure; '' when tokens can be known by it.

    Before the first token none is needed. Raises TokenKeyError where one is and none is there.
    """
    known_by = select(Row.token_key_id).where(Row.revoked_at.is_(None)).distinct()
    for needed in connection.scalars(known_by):
        at_hand = token_key_of(connection).key_id
        if needed != at_hand:
            return (
                f"tokens of this database are known by the key {needed}, the one at hand is"
                f" {at_hand}; copy the file GATEHOUSE_TOKEN_KEY names from where they were given"
            )
    return ""


def no_key_yet(connection: Connection) -> bool:
    """Whether no token is known by any key: then one may be made."""
    if not inspect(connection).has_table(Row.__tablename__):
        return True
    named = {each["name"] for each in inspect(connection).get_columns(Row.__tablename__)}
    keyed = Row.token_key_id.name in named
    return not keyed or connection.scalar(select(Row.token_key_id).limit(1)) is None


@lru_cache(maxsize=_REMEMBERED)
def _client(token_id: str, name: str, scopes: str, expires_on: str, revoked: bool) -> Client:
    return Client(token_id, name, tuple(scopes.split()), expires_on, revoked)


def _known(row: AnyRow) -> Known:
    scopes = tuple(row.scopes.split())
    instants = (row.created_at, row.revoked_at, row.last_used_at)
    return Known(row.name, scopes, row.expires_on, *instants)


def _live(connection: Connection, name: str) -> AnyRow:
    """The newest token of the client that is not revoked; raises ClientError."""
    tokens = select(Row.scopes).where(Row.name == name, Row.revoked_at.is_(None))
    row = connection.execute(tokens.order_by(Row.created_at.desc()).limit(1)).first()
    if row is None:
        raise ClientError(f"there is no live client {name}; `gatehouse client list` shows them")
    return row


def _end(connection: Connection, name: str, as_of: datetime) -> None:
    live = update(Row).where(Row.name == name, Row.revoked_at.is_(None))
    connection.execute(live.values(revoked_at=as_of))


def _give(
    connection: Connection, kind: str, name: str, scopes: str, as_of: datetime, expires_on: str
) -> str:
    """A new token of the client, kept and entered in the ledger; raises ClientError."""
    key = token_key_of(connection)
    if wrong := wrong_token_key(connection):
        raise ClientError(wrong)
    token = f"gh_{secrets.token_urlsafe(32)}"
    mac = key.mac(token)
    kept = {"token_id": id_of(mac), "token_digest": mac, "token_key_id": key.key_id}
    row = {"name": name, "scopes": scopes, "created_at": as_of, "expires_on": expires_on}
    connection.execute(insert(Row).values(**kept, **row))
    said = {"client": name, "scopes": scopes.split(), "expires_on": expires_on}
    append(connection, Entry(kind=kind, as_of=as_of, outcome="done", said=said))
    return token
