"""The one place where the parts meet: database, courts, clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from models.engine import COMMAND, Patience, hurrying, open_engine, patience_of, reading, single
from models.grants import grant
from models.held import Held
from models.schema import upgrade
from models.shared import Shared, shares
from models.token_key import TokenKey, TokenKeyError, alike, keyed
from service.clients import no_key_yet
from service.clock import Clock, system_clock
from service.ledger.keys import use_key
from service.ledger.outside import Folder
from service.ledger.receipts import (
    KeyFileError,
    Signer,
    make_key,
    read_signer,
    signer_of,
    signing,
)
from service.policy.active import Courts
from service.policy.revisions import ship
from service.settings import Settings
from service.token_file import make_token_key, read_token_key
from service.uses import Uses

_Done = TypeVar("_Done")


class Run(Protocol):
    """Does work in a transaction, and gives back what comes of it once that is committed."""

    def __call__(self, work: Callable[[Connection], _Done], /) -> _Done:
        """Do *work*; raises what it raises."""


@dataclass(frozen=True)
class Wiring:
    """What every part is handed; *public_url*: what others call the service by."""

    engine: Engine
    clock: Clock
    courts: Courts = field(default_factory=Courts)
    uses: Uses = field(default_factory=Uses)
    public_url: str = "http://127.0.0.1:8080"

    @cached_property
    def reader(self) -> Engine:
        """The engine for transactions that only read."""
        return reading(self.engine)

    @cached_property
    def asker(self) -> Engine:
        """The engine for one statement that only reads."""
        return single(self.engine)

    @cached_property
    def run(self) -> Run:
        """Does work in a transaction that writes and that others wait for; SQLite's are shared."""
        hurried = hurrying(self.engine)
        if shares(self.engine):
            return Shared(hurried, patience_of(self.engine).lock).run
        return partial(_alone, hurried)

    @cached_property
    def once(self) -> Run:
        """Does work that others wait for and that writes in one statement at most.

        On SQLite, where that is no gain, as `run` does.
        """
        if self.engine.dialect.name == "sqlite":
            return self.run
        return Held(hurrying(self.engine)).run


def _alone(engine: Engine, work: Callable[[Connection], _Done]) -> _Done:
    with engine.begin() as connection:
        return work(connection)


def wire(settings: Settings, *, patience: Patience = COMMAND) -> Wiring:
    """Open the database of *settings* with *patience*; for an embedded one, its folder is made."""
    if database := embedded(settings):
        database.parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url, patience=patience)
    signed = signing(engine, cache(lambda: _at_hand(settings)))
    kept = keyed(signed, cache(lambda: _token_key(settings)))
    return Wiring(kept, system_clock, public_url=settings.public_url)


def _at_hand(settings: Settings) -> Signer | None:
    """The signer of *settings*; None where no key is named and the database is not embedded."""
    if not settings.signing_key and not embedded(settings):
        return None
    return read_signer(signing_key(settings))


def signing_key(settings: Settings) -> Path:
    """The file of the signing key; beside an embedded database one is made on the first start."""
    path = key_file(settings)
    if not settings.signing_key:
        make_key(path)
    return path


def key_file(settings: Settings) -> Path:
    """Where the signing key is, or will be made; raises KeyFileError when nobody says."""
    if settings.signing_key:
        return Path(settings.signing_key)
    database = embedded(settings)
    if database is None:
        raise KeyFileError("GATEHOUSE_SIGNING_KEY: expected the file of a key, none is named")
    return database.with_name("signing.key")


def token_key_file(settings: Settings) -> Path | None:
    """The file of the key by which tokens are known: the one that is named, or beside the signing
    key; None where neither is."""
    if settings.token_key:
        return Path(settings.token_key)
    database = embedded(settings)
    beside = Path(settings.signing_key) if settings.signing_key else database
    return beside.with_name("token.key") if beside else None


def _token_key(settings: Settings) -> TokenKey:
    """The key by which tokens are known; one is made beside an embedded database only.

    Elsewhere another host has it already, or `gatehouse client add` makes it for the first client.
    """
    path = token_key_file(settings)
    if path is None:
        raise TokenKeyError("GATEHOUSE_TOKEN_KEY: expected the file of a key, none is named")
    if not settings.token_key and embedded(settings):
        make_token_key(path)
    return read_token_key(path)


def begin_token_key(settings: Settings, wiring: Wiring) -> None:
    """Make the key by which tokens are known where its file is not there and no token needs one.

    Where tokens are known by a key already its file has to be copied here.
    """
    path = token_key_file(settings)
    if path is not None and not path.exists():
        with wiring.reader.begin() as connection:
            first = no_key_yet(connection)
        if first:
            make_token_key(path)


def outside(settings: Settings) -> Folder | None:
    """The folder of checkpoints: the one that is named, or one beside an embedded database."""
    if settings.checkpoint_dir:
        return Folder(Path(settings.checkpoint_dir))
    database = embedded(settings)
    return None if database is None else Folder(database.with_name("checkpoints"))


def embedded(settings: Settings) -> Path | None:
    """The file of an embedded database; None for any other."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)


def prepare(wiring: Wiring, *, owner_url: str = "") -> None:
    """Bring the database to today's schema, and give an empty one the shipped policies.

    With *owner_url* (PostgreSQL) the schema is that role's, and the service's gets its grants.
    """
    if owner_url:
        _upgrade_as_owner(owner_url, wiring.engine)
    with wiring.engine.begin() as connection:
        if not owner_url:
            upgrade(connection)
        if signer := signer_of(connection):
            use_key(connection, signer, wiring.clock())
        ship(connection, as_of=wiring.clock())


def _upgrade_as_owner(owner_url: str, service: Engine) -> None:
    owner = alike(open_engine(owner_url), service)
    try:
        with owner.begin() as connection:
            upgrade(connection)
            grant(connection, service.url.username or "")
    finally:
        owner.dispose()
