"""Transactions that several requests share: one commit for all, and each for itself."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, make_url, select
from sqlalchemy.exc import OperationalError

from models.access import ContractProperty as Row
from models.engine import open_engine, reading
from models.queue import QueueTimeoutError
from models.shared import Shared
from tests.web.asking import ANY_DATABASE

pytestmark = ANY_DATABASE
PATIENCE, MANY = 20.0, 5
#: For which all wait for a stranger; and how much later the second comes.
SECONDS, LATER = 4.0, 1.0


class Held:
    """Work that waits behind other work until it is let go."""

    def __init__(self, engine: Engine) -> None:
        self.shared = Shared(engine, PATIENCE)
        self._threads = ThreadPoolExecutor(MANY + 1)
        self._begun, self._may_end = Event(), Event()
        self._threads.submit(self.shared.run, self._wait)
        assert self._begun.wait(PATIENCE)

    def _wait(self, connection: Connection) -> None:
        connection.execute(select(Row.contract_number))
        self._begun.set()
        assert self._may_end.wait(PATIENCE)

    def asks(self, *works: Callable[[Connection], Any]) -> list[Future[Any]]:
        """Let *works* wait together, then let them go."""
        asked = [self._threads.submit(self.shared.run, each) for each in works]
        while self.shared.waiting < len(works):
            assert not any(each.done() for each in asked)
        self._may_end.set()
        return asked

    def end(self) -> None:
        """Begin nothing more."""
        self._may_end.set()
        self._threads.shutdown()


@pytest.fixture
def held(engine: Engine) -> Iterator[Held]:
    """Shared transactions of which the first lasts."""
    held = Held(engine)
    yield held
    held.end()


def _keeps(name: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(Row).values(contract_number=name, property_id=1))
        return name

    return work


def _fails_after(work: Callable[[Connection], str]) -> Callable[[Connection], str]:
    def failing(connection: Connection) -> str:
        raise ValueError(work(connection))

    return failing


def _kept(engine: Engine) -> set[str]:
    with reading(engine).begin() as connection:
        return set(connection.scalars(select(Row.contract_number)))


def test_what_waits_together_is_committed_once(engine: Engine, held: Held) -> None:
    commits: list[Connection] = []
    event.listen(engine, "commit", commits.append)
    ids = [f"M1000{number}" for number in range(MANY)]

    asked = held.asks(*map(_keeps, ids))

    assert [each.result(PATIENCE) for each in asked] == ids
    assert len(commits) == 2  # of what was let go, and of all the rest
    assert _kept(engine) == set(ids)


def test_nobody_learns_of_what_is_not_committed(engine: Engine, held: Held) -> None:
    asked: list[Future[Any]] = []
    early: list[bool] = []
    event.listen(engine, "commit", lambda _: early.extend(each.done() for each in asked))

    asked += held.asks(*map(_keeps, ["M10001", "M10002"]))

    assert [each.result(PATIENCE) for each in asked] == ["M10001", "M10002"]
    assert not any(early)


def test_work_that_fails_is_taken_back_and_no_other(engine: Engine, held: Held) -> None:
    one, failing, other = held.asks(
        _keeps("M10001"), _fails_after(_keeps("M10002")), _keeps("M10003")
    )

    with pytest.raises(ValueError, match="M10002"):
        failing.result(PATIENCE)
    assert (one.result(PATIENCE), other.result(PATIENCE)) == ("M10001", "M10003")
    assert _kept(engine) == {"M10001", "M10003"}


def test_a_commit_that_fails_is_told_to_everybody(engine: Engine, held: Held) -> None:
    def refuse(connection: Connection) -> None:
        if "M10001" in set(connection.scalars(select(Row.contract_number))):
            raise OSError("no space is left")

    event.listen(engine, "commit", refuse)

    asked = held.asks(*map(_keeps, ["M10001", "M10002"]))

    for each in asked:
        with pytest.raises(OSError, match="no space"):
            each.result(PATIENCE)
    assert _kept(engine) == set()
    assert held.shared.run(_keeps("M10003")) == "M10003"


def test_whoever_waits_too_long_for_another_process_is_told_so(
    engine: Engine, database_url: str
) -> None:
    other = open_engine(database_url)
    try:
        with other.begin(), pytest.raises(QueueTimeoutError):
            Shared(engine, 0.05).run(_keeps("M10001"))
    finally:
        other.dispose()


def test_who_waited_for_another_has_no_more_time_than_anybody_else(
    engine: Engine, database_url: str
) -> None:
    shared, strangers = Shared(engine, SECONDS), str(make_url(database_url).database)

    with closing(sqlite3.connect(strangers)) as stranger, ThreadPoolExecutor(2) as threads:
        stranger.execute("BEGIN IMMEDIATE")
        first = threads.submit(shared.run, _keeps("M10001"))
        with pytest.raises(TimeoutError):
            first.result(LATER)
        began = time.monotonic()
        second = threads.submit(shared.run, _keeps("M10002"))
        errors = [each.exception(PATIENCE) for each in (first, second)]
        seconds = time.monotonic() - began

    assert [type(each) for each in errors] == [OperationalError, OperationalError]
    assert seconds < 1.5 * SECONDS
    assert shared.run(_keeps("M10003")) == "M10003"
