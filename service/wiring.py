"""The one place where the parts meet: database, courts, clock."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from models.engine import open_engine
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


def wire(settings: Settings, *, clock: Clock = system_clock) -> Wiring:
    """Open the database of *settings*; for an embedded one, its folder is made."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return Wiring(open_engine(settings.database_url), clock)


def prepare(wiring: Wiring) -> None:
    """Bring the database to today's schema, and give an empty one the shipped policies."""
    with wiring.engine.begin() as connection:
        upgrade(connection)
        ship(connection, as_of=wiring.clock())
