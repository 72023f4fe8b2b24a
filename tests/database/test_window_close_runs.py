"""Closing a window twice, at once, interrupted or for trial: each person is recorded once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, Transaction, select, text

from models.base import Base
from models.closing import WindowClosing
from models.engine import open_engine, reading
from models.grants import grant
from service.people.extract import CertificationSaid, Extract
from service.recertification.closing import Reached, record
from service.recertification.ended import WHOLE, Ended
from tests.database.closer import Closer
from tests.database.wass import IN_LAST_WINDOW, OAKS, TODAY, Somebody, Wass, coordinator
from tests.web.asking import Gate, entries

USERS = [f"M1{number:04}" for number in range(30)]


@pytest.fixture
def staff(wass: Wass, closer: Closer) -> list[str]:
    """Thirty people and their coordinator; every other one was certified, the first flagged."""
    users = [Somebody(id=each, properties=(OAKS,)) for each in USERS]
    certified = [(each, "M90001", IN_LAST_WINDOW) for each in USERS[::2]]
    wass.knows(*users, coordinator(), certified=certified)
    closer.flags(USERS[0], "TRACS", (OAKS,))
    return [*USERS, "M90001"]


def _tables(engine: Engine) -> dict[str, list[str]]:
    with reading(engine).begin() as connection:
        found = {t.name: connection.execute(select(t)) for t in Base.metadata.sorted_tables}
        return {name: sorted(map(str, rows)) for name, rows in found.items()}


def _complete(closer: Closer, staff: list[str]) -> None:
    """Whoever recorded what: all of it is there, and nothing twice."""
    ended, row = closer.found().ended, _row(closer)
    assert ended.uncertified == USERS[1::2]
    assert ended.closed_out == [[each, "M90001", IN_LAST_WINDOW] for each in USERS[::2]]
    assert ended.removed == [[USERS[0], "TRACS", WHOLE]]
    assert ended.counts == {"people": 31, "removed": 1, "closed_out": 15, "uncertified": 15}
    assert ended.counts == {name: row[name] for name in ended.counts}
    assert len(entries(closer.parts.engine, "window_closed")) == 1
    in_ledger = [e["uncertified"] for e in entries(closer.parts.engine, "window_close")]
    assert sorted(each for batch in in_ledger for each in batch) == USERS[1::2]


def _row(closer: Closer) -> Any:
    with reading(closer.parts.engine).begin() as connection:
        return connection.execute(select(WindowClosing.__table__)).mappings().one()


def test_closed_twice_nothing_is_recorded_twice(staff: list[str], closer: Closer) -> None:
    first = closer.closes()
    before = _tables(closer.parts.engine)

    again = closer.closes()

    assert again == first
    assert _tables(closer.parts.engine) == before
    _complete(closer, staff)


def test_a_run_killed_between_two_batches_is_taken_up_where_it_was(
    staff: list[str], closer: Closer
) -> None:
    closer.closes_batch(7)
    killed = closer.found()

    closer.closes()

    assert (killed.finished_at, killed.ended.people, killed.ended.through) == (None, 7, USERS[6])
    assert [e["people"] for e in _batches(closer)] == [7, 24]
    _complete(closer, staff)


def test_a_run_killed_within_a_batch_leaves_nothing_of_it(
    staff: list[str], closer: Closer
) -> None:
    before = _tables(closer.parts.engine)
    with _begun_batch(closer) as work:
        work.rollback()

    assert _tables(closer.parts.engine) == before
    closer.closes()
    _complete(closer, staff)


def test_what_another_run_recorded_meanwhile_is_not_recorded_again(
    staff: list[str], closer: Closer
) -> None:
    window, engine = closer.found(), closer.parts.engine
    looked = [closer.looks(window, size, engine) for size in (7, 9, 40)]

    reached = []
    for each in looked:
        with engine.begin() as connection:
            reached.append(record(connection, window, each))

    assert reached == [Reached(USERS[6], 7)] * 3
    closer.closes()
    _complete(closer, staff)


def test_runs_at_once_share_the_work_and_record_everybody_once(
    staff: list[str], closer: Closer, database_url: str
) -> None:
    engines = [open_engine(database_url) for _ in range(3)]
    together = Barrier(len(engines))
    window = closer.found()

    def runs(engine: Engine) -> None:
        together.wait()
        while not closer.closes_batch(1, of=window, engine=engine).finished:
            pass

    with ThreadPoolExecutor(len(engines)) as threads:
        list(threads.map(runs, engines))

    for engine in engines:
        engine.dispose()
    assert [e["people"] for e in _batches(closer)] == [1] * len(staff)
    _complete(closer, staff)


def test_trying_changes_nothing_and_tells_what_would_be_recorded(
    staff: list[str], closer: Closer
) -> None:
    before = _tables(closer.parts.engine)

    tried = closer.tries()

    assert _tables(closer.parts.engine) == before
    assert tried == closer.closes()


def test_trying_after_a_killed_run_tells_the_whole(staff: list[str], closer: Closer) -> None:
    closer.closes_batch(7)

    tried = closer.tries()

    assert tried == closer.closes()
    assert tried.people == len(staff)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_waits_for_a_batch(
    staff: list[str], closer: Closer, gate: Gate, wass: Wass
) -> None:
    request = CertificationSaid(USERS[2], "M90001", TODAY)
    with _begun_batch(closer):
        assert gate.login(USERS[1])["decision"] == "lock"
        assert gate.login(USERS[2])["decision"] == "allow"
        assert gate.accepts(USERS[2]).json["outcome"] == "done"
        wass.says(Extract(certifications=frozenset([request])))
        closer.flags(USERS[2], "TRACS", (OAKS,), on=TODAY)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_role_of_the_service_may_close_a_window(staff: list[str], closer: Closer) -> None:
    window, engine = closer.found(), closer.parts.engine
    looked = closer.looks(window, len(staff), engine)
    nobody = replace(looked, after=looked.ended.through, ids=(), ended=Ended())
    with engine.connect() as connection, connection.begin() as work:
        connection.execute(text("CREATE ROLE window_closer"))
        grant(connection, "window_closer")
        connection.execute(text("SET LOCAL ROLE window_closer"))

        reached = [record(connection, window, each) for each in (looked, nobody)]

        work.rollback()
    assert [(each.people, each.finished) for each in reached] == [(31, False), (31, True)]


@contextmanager
def _begun_batch(closer: Closer) -> Iterator[Transaction]:
    """A batch that is recorded but not committed."""
    window, engine = closer.found(), closer.parts.engine
    looked = closer.looks(window, len(USERS), engine)
    with engine.connect() as connection, connection.begin() as work:
        assert record(connection, window, looked).people == len(USERS)
        yield work


def _batches(closer: Closer) -> list[dict[str, Any]]:
    """The entries of the batches, in their order."""
    found = {each["id"]: each for each in entries(closer.parts.engine, "window_close")}
    return [found[each] for each in closer.found().entries if each in found]
