"""What must be so before anybody is served: a key to sign with, a durable database, its schema."""

from pathlib import Path

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from models.schema import at_head
from service.app import create_app
from service.ledger.keys import use_key
from service.ledger.receipts import KeyFileError, Signer, make_key, read_signer
from service.settings import Settings
from service.wiring import Wiring, wire

_REQUEST_WAITS = 0.9  # seconds for a lock, so that a request ends within its one
_DURABLE = {
    "sqlite": {"PRAGMA journal_mode": {"wal"}, "PRAGMA synchronous": {"2", "3"}},
    "postgresql": {
        "SHOW fsync": {"on"},
        "SHOW full_page_writes": {"on"},
        "SHOW synchronous_commit": {"on", "remote_apply"},
    },
}


class NotReadyError(Exception):
    """Nobody can be served; the text says why and what to do."""


def served(settings: Settings) -> Flask:
    """The application *settings* ask for; raises NotReadyError or KeyFileError."""
    parts, signer = _started(settings)
    return create_app(parts, signer)


def check(settings: Settings) -> None:
    """Raise what `served` would raise, leaving no connection open."""
    parts, _ = _started(settings)
    parts.engine.dispose()


def _started(settings: Settings) -> tuple[Wiring, Signer]:
    signer = read_signer(signing_key(settings))
    parts = wire(settings, waits=_REQUEST_WAITS)
    start(parts, signer)
    return parts, signer


def signing_key(settings: Settings) -> Path:
    """The file of the signing key; beside an embedded database one is made on the first start."""
    if settings.signing_key:
        return Path(settings.signing_key)
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise KeyFileError("GATEHOUSE_SIGNING_KEY: expected the file of a key, none is named")
    path = Path(url.database).with_name("signing.key")
    make_key(path)
    return path


def start(parts: Wiring, signer: Signer) -> None:
    """Check the database, and make the key of *signer* known; raises NotReadyError."""
    with parts.engine.begin() as connection:
        _check_durable(connection)
        if not at_head(connection):
            raise NotReadyError("the schema is not this version's; run `gatehouse db upgrade`")
        use_key(connection, signer, parts.clock())


def _check_durable(connection: Connection) -> None:
    """What was answered must outlive a power failure."""
    for question, durable in _DURABLE[connection.dialect.name].items():
        found = str(connection.exec_driver_sql(question).scalar()).lower()
        if found not in durable:
            expected = " or ".join(sorted(durable))
            raise NotReadyError(f"{question}: expected {expected}, found {found}")
