"""What must be so before anybody is served: a key to sign with, a durable database, its schema."""

from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from models.durability import weakness
from models.engine import REQUEST
from models.schema import at_head
from service.app import create_app
from service.ledger.keys import use_key
from service.ledger.outside import Folder
from service.ledger.receipts import KeyFileError, Signer, make_key, read_signer
from service.ledger.sealer import Sealer
from service.settings import Settings
from service.wiring import Wiring, wire


class NotReadyError(Exception):
    """Nobody can be served; the text says why and what to do."""


def served(settings: Settings) -> Flask:
    """The application *settings* ask for; it looks at no database before the first caller.

    So a worker that begins while the database does not answer says 503 until it does.
    """
    parts = wire(settings, patience=REQUEST)
    signer = read_signer(signing_key(settings))
    sealer = Sealer(parts.engine, signer, parts.clock, outside(settings), settings.checkpoint_url)
    sealer.begin()
    return create_app(parts, signer, sealer)


def check(settings: Settings) -> None:
    """Raise NotReadyError or KeyFileError when nobody can be served; make the key known."""
    signer = read_signer(signing_key(settings))
    parts = wire(settings)
    try:
        start(parts, signer)
    finally:
        parts.engine.dispose()


def outside(settings: Settings) -> Folder | None:
    """The folder of checkpoints: the one that is named, or one beside an embedded database."""
    if settings.checkpoint_dir:
        return Folder(Path(settings.checkpoint_dir))
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Folder(Path(url.database).with_name("checkpoints"))


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
        if weak := weakness(connection):
            raise NotReadyError(weak)
        if not at_head(connection):
            raise NotReadyError("the schema is not this version's; run `gatehouse db upgrade`")
        use_key(connection, signer, parts.clock())
