"""A worker may have to start while the database does not answer; the service lives on."""

from pathlib import Path

import pytest

from models.engine import open_engine
from tests.database.postgres import running_server
from tests.faults.gate import WORKERS, Serving, furnish, own_database, serving


def _replace_every_worker(served: Serving) -> None:
    for worker in sorted(served.workers()):
        served.kill(worker)
    served.sees(lambda: served.readiness() > 0, "an answer of a new worker")


def _assert_all_is_well(served: Serving) -> None:
    served.sees(served.ready, "a 200 from /readyz")
    served.sees(lambda: len(served.workers()) == WORKERS, "all workers")


def test_workers_that_start_while_postgresql_is_down_serve_once_it_is_back(tmp_path: Path) -> None:
    with running_server(durable=True) as server:
        if server.folder is None:
            pytest.skip("the server that was given is not ours to crash")
        with own_database(server) as url, serving(furnish(url, tmp_path), tmp_path) as served:
            server.crash()
            try:
                _replace_every_worker(served)
            finally:
                server.start()
            _assert_all_is_well(served)


def test_workers_that_start_while_another_writes_without_end_serve(tmp_path: Path) -> None:
    house = furnish(f"sqlite:///{tmp_path / 'gatehouse.db'}", tmp_path)
    other = open_engine(house.url)

    with serving(house, tmp_path) as served:
        try:
            with other.begin():
                _replace_every_worker(served)
        finally:
            other.dispose()
        _assert_all_is_well(served)
