"""On PostgreSQL the service's role owns nothing and cannot change what is only ever added to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import ProgrammingError

from models.base import Base
from models.engine import open_engine
from models.keys import PublicKey
from models.ledger import Entry as EntryRow
from models.policy import Publication, Revision
from service.ledger.entries import Entry, append
from service.wiring import Wiring, prepare
from tests.conftest import Clock
from tests.database.postgres import Databases, Server
from tests.database.wass import Wass

AS_OF = datetime(2026, 3, 2, 17, tzinfo=UTC)


@pytest.fixture
def service(postgres: Server, prepared_postgres: Databases, clock: Clock) -> Iterator[Engine]:
    """The database as the service's own role sees it, prepared by its owner."""
    owner_url = prepared_postgres.copy()
    owner = open_engine(owner_url)
    with owner.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS gate_service"))
        connection.execute(text("CREATE ROLE gate_service LOGIN"))
    engine = open_engine(
        owner.url.set(username="gate_service").render_as_string(hide_password=False)
    )
    prepare(Wiring(engine, clock), owner_url=owner_url)
    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text("DROP OWNED BY gate_service"))
        connection.execute(text("DROP ROLE gate_service"))
    owner.dispose()


def test_the_service_does_its_work_with_its_grants(service: Engine, clock: Clock) -> None:
    wass = Wass(Wiring(service, clock))

    user = wass.knows_a_user()

    with service.begin() as connection:
        append(connection, Entry(kind="test", as_of=AS_OF, outcome="done", said={"user": user}))


@pytest.mark.parametrize("table", [EntryRow, Revision, Publication, PublicKey])
def test_the_service_may_not_change_or_remove_what_is_only_added_to(
    service: Engine, table: type[Base]
) -> None:
    name, column = table.__tablename__, next(iter(table.__table__.c))
    for statement in (
        update(table).values({column: column}),
        delete(table),
        text(f"TRUNCATE {name}"),
        text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"),
        text(f"DROP TABLE {name}"),
    ):
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            service.begin() as connection,
        ):
            connection.execute(statement)


def test_even_the_owner_is_stopped_by_the_trigger(prepared_postgres: Databases) -> None:
    owner = open_engine(prepared_postgres.copy())
    with owner.begin() as connection:
        append(connection, Entry(kind="test", as_of=AS_OF, outcome="done", said={}))

    for verb in ("DELETE FROM entry", "TRUNCATE entry", "UPDATE entry SET outcome = 'allow'"):
        with pytest.raises(Exception, match="append-only"), owner.begin() as connection:
            connection.execute(text(verb))

    owner.dispose()
