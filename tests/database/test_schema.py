"""The database is what the models say, and its ledger is append-only."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from models.engine import open_engine, reading
from models.ledger import Entry as EntryRow
from models.policy import Revision
from models.schema import at_head, differences, upgrade
from service.ledger.entries import Entry, append, read_entry
from service.policy.folder import SHIPPED, read_folder
from service.policy.revisions import active_digest, ship
from service.wiring import Wiring, prepare

AS_OF = datetime(2026, 3, 2, 17, tzinfo=UTC)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Engine]:
    """A database nobody has prepared."""
    engine = open_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    yield engine
    engine.dispose()


def _entry(**said: Any) -> Entry:
    return Entry(kind="test", as_of=AS_OF, outcome="done", said=said)


def test_the_migrations_give_exactly_the_schema_of_the_models(bare: Engine) -> None:
    with bare.begin() as connection:
        upgrade(connection)

        assert differences(connection) == []
        assert at_head(connection)


def test_an_empty_database_is_not_at_head(bare: Engine) -> None:
    with bare.begin() as connection:
        assert not at_head(connection)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_upgrade_that_has_nothing_to_do_does_nothing(engine: Engine) -> None:
    schema = text("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    with engine.begin() as connection:
        before = connection.execute(schema).all()
        upgrade(connection)

        assert connection.execute(schema).all() == before


def test_an_empty_database_takes_the_shipped_policies_as_its_first_revision(
    bare: Engine,
) -> None:
    prepare(Wiring(bare, lambda: AS_OF))

    with reading(bare).begin() as connection:
        assert active_digest(connection) == read_folder(SHIPPED).digest
        kinds = connection.scalars(select(EntryRow.kind)).all()
    assert kinds == ["policy_activation"]


def test_policies_are_shipped_once(bare: Engine) -> None:
    prepare(Wiring(bare, lambda: AS_OF))

    prepare(Wiring(bare, lambda: AS_OF))

    with bare.begin() as connection:
        ship(connection, as_of=AS_OF)
        counts = [connection.scalar(select(func.count()).select_from(t)) for t in TABLES]
    assert counts == [1, 1]


TABLES = (Revision, EntryRow)


def test_an_entry_is_read_back_as_it_was_written(engine: Engine) -> None:
    with engine.begin() as connection:
        entry_id = append(connection, _entry(number=1, text="\u00e4", nothing=None)).entry_id

        kept = read_entry(connection, entry_id)

    assert kept is not None
    assert (kept["id"], kept["as_of"]) == (entry_id, "2026-03-02T17:00:00+00:00")
    assert (kept["number"], kept["text"], kept["nothing"]) == (1, "\u00e4", None)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(update(EntryRow).values(outcome="allow"), id="changed"),
        pytest.param(update(EntryRow).values(body=b"{}"), id="rewritten"),
        pytest.param(update(EntryRow).values(id=EntryRow.id), id="changed to the same"),
        pytest.param(delete(EntryRow), id="removed"),
    ],
)
def test_no_entry_can_be(engine: Engine, change: Any) -> None:
    with engine.begin() as connection:
        append(connection, _entry())

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(change)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_entry_can_be_replaced_by_another_of_the_same_id(engine: Engine) -> None:
    with engine.begin() as connection:
        entry_id = append(connection, _entry(outcome="what was decided")).entry_id
    forged = {"id": entry_id, "kind": "test", "as_of": AS_OF, "person_id": "", "outcome": "done"}
    replaced = insert(EntryRow).prefix_with("OR REPLACE", dialect="sqlite")

    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(replaced.values(**forged, reason="", body=b"{}"))

    with reading(engine).begin() as connection:
        assert connection.scalar(select(EntryRow.body)) != b"{}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_guard_of_the_ledger_is_in_the_database_and_not_in_the_service(
    database_url: str, engine: Engine
) -> None:
    with engine.begin() as connection:
        append(connection, _entry())
    raw = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("DELETE FROM entry")

    raw.close()


def test_a_row_about_nobody_is_refused(engine: Engine) -> None:
    stray = text("INSERT INTO activity (person_id, last_on) VALUES ('M77777', '2026-03-02')")

    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(stray)
