"""Hosts start at once, workers while the database does not answer; the service lives on."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.engine import open_engine
from service.ledger.keys import public_keys, use_key
from service.ledger.receipts import Signer, signing
from tests.conftest import Clock
from tests.database.postgres import running_server
from tests.faults.gate import PATIENCE, WORKERS, Serving, furnish, own_database, serving
from tests.web.asking import entries

_BLOCKED = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
_LOOK_AGAIN = 0.01


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_hosts_that_start_at_once_with_a_new_key_make_it_known_once(
    engine: Engine, signer: Signer, clock: Clock
) -> None:
    signed = signing(engine, lambda: signer)

    def starts() -> None:
        with signed.begin() as connection:
            use_key(connection, signer, clock())

    with ThreadPoolExecutor(1) as other, engine.connect() as watch:
        with signed.begin() as connection:
            use_key(connection, signer, clock())
            second = other.submit(starts)
            while not (second.done() or watch.scalar(_BLOCKED)):
                time.sleep(_LOOK_AGAIN)
        second.result(PATIENCE)

    with engine.connect() as connection:
        assert len(public_keys(connection)) == 1
    assert len(entries(engine, "key_first_used")) == 1


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
