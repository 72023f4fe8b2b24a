"""What tests of faults begin with: a house on a database that outlives a crash."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.database.postgres import Server, running_server
from tests.faults.gate import House, furnish, own_database


@contextmanager
def _sqlite(folder: Path) -> Iterator[House]:
    yield furnish(f"sqlite:///{folder / 'gatehouse.db'}", folder)


@contextmanager
def _postgresql(folder: Path) -> Iterator[House]:
    with running_server(durable=True) as server, own_database(server) as url:
        yield furnish(url, folder)


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL server that can be stopped or crashed."""
    with running_server(durable=True) as server:
        if server.folder is None:
            pytest.skip("the server that was given is not ours to stop")
        yield server


_HOUSES: dict[str, Callable[[Path], AbstractContextManager[House]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


@pytest.fixture(params=list(_HOUSES))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on each kind of database."""
    with _HOUSES[request.param](tmp_path) as house:
        yield house
