"""Two who write at once: no update is lost, and no reader waits."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, update

from models.engine import open_engine, reading
from models.people import Standing
from service.app import create_app
from service.ledger.receipts import Signer
from service.wiring import Wiring
from tests.conftest import Callers
from tests.database.wass import TODAY, Wass
from tests.web.asking import Gate, activity_of, entries

TIMES = 25


def _add_one(engine: Engine) -> None:
    """Read a version, think, and write it back one higher."""
    with engine.begin() as connection:
        found = connection.scalar(select(Standing.version))
        assert found is not None
        connection.execute(update(Standing).values(version=found + 1))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_threads_that_add_at_once_lose_nothing(engine: Engine, wass: Wass) -> None:
    wass.knows_a_user()
    together = Barrier(2)

    def many(_: int) -> None:
        together.wait()
        for _ in range(TIMES):
            _add_one(engine)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(many, range(2)))

    with reading(engine).begin() as connection:
        assert set(connection.scalars(select(Standing.version))) == {1 + 2 * TIMES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_processes_that_add_in_turn_lose_nothing(
    engine: Engine, database_url: str, wass: Wass
) -> None:
    wass.knows_a_user()
    other = open_engine(database_url)

    def many(mine: Engine) -> None:
        for _ in range(TIMES):
            _add_one(mine)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(many, [engine, other]))

    other.dispose()
    with reading(engine).begin() as connection:
        assert set(connection.scalars(select(Standing.version))) == {1 + 2 * TIMES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_will_write_keeps_every_other_writer_out_from_the_first_read_on(
    engine: Engine, database_url: str
) -> None:
    raw = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)

    with engine.begin() as connection:
        connection.scalar(select(Standing.version))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            raw.execute("BEGIN IMMEDIATE")

    raw.execute("BEGIN IMMEDIATE")
    raw.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_only_reads_keeps_no_writer_out(engine: Engine, wass: Wass) -> None:
    wass.knows_a_user()

    with reading(engine).begin() as reader:
        before = reader.scalars(select(Standing.version)).all()
        _add_one(engine)

        assert reader.scalars(select(Standing.version)).all() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_only_reads_cannot_wait_for_a_writer(engine: Engine, wass: Wass) -> None:
    wass.knows_a_user()

    with engine.begin() as writer:
        writer.execute(update(Standing).values(version=99))
        with reading(engine).begin() as reader:
            assert set(reader.scalars(select(Standing.version))) == {1}


def test_logins_at_once_are_each_answered_and_each_recorded(
    parts: Wiring, callers: Callers, wass: Wass, engine: Engine, signer: Signer
) -> None:
    user = wass.knows_a_user()
    app = create_app(parts, signer)

    def logs_in(_: int) -> str:
        return str(Gate(app.test_client(), callers["gate"]).login(user)["decision_id"])

    with ThreadPoolExecutor(4) as threads:
        answered = list(threads.map(logs_in, range(24)))

    assert {each["id"] for each in entries(engine, "login")} == set(answered)
    assert len(set(answered)) == 24
    assert activity_of(engine, user) == TODAY


def test_acceptances_at_once_each_count(
    parts: Wiring, callers: Callers, wass: Wass, engine: Engine, signer: Signer
) -> None:
    user = wass.knows_a_user(rob_accepted_on="")
    app = create_app(parts, signer)

    def accepts(_: int) -> str:
        return str(Gate(app.test_client(), callers["gate"]).accepts(user).json["outcome"])

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(accepts, range(8)))

    assert outcomes == ["done"] * 8
    assert len(entries(engine, "rob_acceptance")) == 8
