"""The network to PostgreSQL may fall silent or break: every call ends, and all heals by itself."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import make_url

from tests.database.postgres import running_server
from tests.faults.gate import House, Serving, furnish, own_database, serving
from tests.faults.hosts import HANGS
from tests.faults.load import Kept, Load, half_done, kept, missing, under_load, unmoved
from tests.faults.proxy import Network, network

#: More than a worker has threads, so some wait for a thread beside those that wait for a database.
MANY = 12
RESETS = int(os.environ.get("GATEHOUSE_RESETS", "10"))
BETWEEN = 30  # answers from one fault to the next


Told = Callable[[str, object], None]


@dataclass(frozen=True, slots=True)
class Far:
    """A house whose database is behind a network, served by one worker."""

    house: House
    network: Network
    served: Serving
    before: Kept

    @contextmanager
    def under_load(self, told: Told) -> Iterator[Load]:
        """Callers who are answered before, and again at the end, by the same worker."""
        workers = self.served.workers()
        with under_load(self.house, self.served.port, many=MANY) as load:
            load.await_more(BETWEEN)
            yield load
            load.await_more(BETWEEN)
        assert self.served.workers() == workers
        self._nothing_is_lost(load, told)

    def _nothing_is_lost(self, load: Load, told: Told) -> None:
        after = kept(self.house)
        lost, slowest = missing(load.answers, after), max(each.seconds for each in load.answers)
        figures = (
            f"{load.count(200)} answers, {len(lost)} missing,"
            f" {load.count(503)} without a decision, the slowest after {slowest:.2f} s"
        )
        print(f"\n{figures}")
        told("figures", figures)
        others = [each for each in load.answers if not each.decided]
        assert not lost, figures
        assert not [each for each in others if each.cut or not each.keeps_out], figures
        assert slowest < HANGS, figures
        assert not unmoved(load.answers, after), figures
        assert not half_done(self.before, after), figures


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    """A house on a PostgreSQL far away."""
    folder = tmp_path_factory.mktemp("house")
    with running_server() as server, own_database(server) as own:
        house, url = furnish(own, folder, people=60), make_url(own)
        assert url.host is not None
        with network(url.host, url.port or 5432) as between:
            there = url.set(host="127.0.0.1", port=between.port)
            behind = replace(house, url=there.render_as_string(hide_password=False))
            with serving(behind, folder, workers=1) as served:
                yield Far(house, between, served, kept(house))


def test_while_the_network_swallows_everything_each_call_ends_without_a_decision(
    far: Far, record_property: Told
) -> None:
    with far.under_load(record_property) as load:
        far.network.swallow()
        load.await_more(2 * MANY, status=503)
        assert not far.served.ready()
        far.network.flow()


def test_connections_that_are_forgotten_without_a_word_are_replaced(
    far: Far, record_property: Told
) -> None:
    with far.under_load(record_property) as load:
        far.network.forget()
        load.await_more(1, status=503)


def test_connections_that_break_under_load_lose_nothing(far: Far, record_property: Told) -> None:
    with far.under_load(record_property) as load:
        for _ in range(RESETS):
            far.network.reset()
            load.await_more(BETWEEN)
