"""A database with roles as in production: who owns it, who serves, who only reads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, create_engine, text

from models.engine import open_engine
from models.reader import grant_reading
from service.ledger.receipts import Signer, signing
from service.wiring import Wiring, prepare
from tests.database.postgres import Server

_ROLES = ("owner", "service", "reader", "stranger")


@dataclass(frozen=True, slots=True)
class Roles:
    """The same database, as each of its roles sees it; none is a superuser."""

    owner: Engine
    service: Engine
    reader: Engine
    #: Somebody who may connect, as anybody may, and was granted nothing.
    stranger: Engine

    def url(self, role: str) -> str:
        """The URL by which *role* connects."""
        engine: Engine = getattr(self, role)
        return engine.url.render_as_string(hide_password=False)

    def name(self, role: str) -> str:
        """What the server calls *role*."""
        engine: Engine = getattr(self, role)
        return str(engine.url.username)


@contextmanager
def roles_on(server: Server, signer: Signer, as_of: datetime) -> Iterator[Roles]:
    """Roles with a database of their own, prepared by its owner, for as long as this lasts."""
    admin = create_engine(server.url, isolation_level="AUTOCOMMIT")
    names = {role: f"gate_{role}_{os.getpid()}" for role in _ROLES}
    database = names["owner"]
    _run(admin, *(f"CREATE ROLE {name} LOGIN" for name in names.values()))
    _run(admin, f"CREATE DATABASE {database} OWNER {names['owner']} TEMPLATE template0")
    urls = {
        role: server.url.set(username=name, database=database).render_as_string(False)
        for role, name in names.items()
    }
    engines: dict[str, Any] = {role: open_engine(url) for role, url in urls.items()}
    engines["service"] = signing(engines["service"], lambda: signer)
    try:
        prepare(Wiring(engines["service"], lambda: as_of), owner_url=urls["owner"])
        with engines["owner"].begin() as connection:
            grant_reading(connection, names["reader"])
        yield Roles(**engines)
    finally:
        for engine in engines.values():
            engine.dispose()
        _run(admin, f"DROP DATABASE {database} WITH (FORCE)")
        _run(admin, *(f"DROP ROLE {name}" for name in names.values()))
        admin.dispose()


def _run(admin: Engine, *statements: str) -> None:
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
