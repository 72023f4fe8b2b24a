"""The one place where the parts meet: database, courts, clock."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from models.engine import COMMAND, Patience, open_engine
from models.grants import grant
from models.schema import upgrade
from service.clock import Clock, system_clock
from service.policy.active import Courts
from service.policy.revisions import ship
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every part is handed."""

    engine: Engine
    clock: Clock
    courts: Courts = field(default_factory=Courts)


def wire(settings: Settings, *, patience: Patience = COMMAND) -> Wiring:
    """Open the database of *settings* with *patience*; for an embedded one, its folder is made."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return Wiring(open_engine(settings.database_url, patience=patience), system_clock)


def prepare(wiring: Wiring, *, owner_url: str = "") -> None:
    """Bring the database to today's schema, and give an empty one the shipped policies.

    With *owner_url* (PostgreSQL) the schema is that role's, and the service's gets its grants.
    """
    if owner_url:
        _upgrade_as_owner(owner_url, service=wiring.engine.url.username or "")
    with wiring.engine.begin() as connection:
        if not owner_url:
            upgrade(connection)
        ship(connection, as_of=wiring.clock())


def _upgrade_as_owner(owner_url: str, *, service: str) -> None:
    owner = open_engine(owner_url)
    try:
        with owner.begin() as connection:
            upgrade(connection)
            grant(connection, service)
    finally:
        owner.dispose()
