"""PostgreSQL may crash at any instant: what was answered is kept, and nobody restarts a thing."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.database.postgres import Server
from tests.faults.gate import House, furnish, own_database, serving
from tests.faults.load import half_done, kept, missing, under_load, unmoved

CRASHES = int(os.environ.get("GATEHOUSE_CRASHES", "5"))
BETWEEN = 30  # answers from one crash to the next


@pytest.fixture
def house(server: Server, tmp_path: Path) -> Iterator[House]:
    """A house on that server."""
    with own_database(server) as url:
        yield furnish(url, tmp_path)


def test_what_was_answered_outlives_every_crash_of_the_database(
    house: House, server: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    before = kept(house)

    with serving(house, tmp_path) as served:
        workers = served.workers()
        with under_load(house, served.port) as load:
            for _ in range(CRASHES):
                load.await_more(BETWEEN)
                server.crash()
                load.await_more(1, status=503)
                server.start()
            load.await_more(BETWEEN)
        assert served.lives
        assert served.workers() == workers

    after = kept(house)
    lost = missing(load.answers, after)
    figures = (
        f"{CRASHES} crashes, {load.count(200)} answers, {len(lost)} missing,"
        f" {load.count(503)} without a decision, {load.cut} cut off"
    )
    print(f"\npostgresql: {figures}")
    record_property("figures", figures)
    assert not lost, figures
    assert not [each for each in load.answers if not (each.decided or each.keeps_out)], figures
    assert not unmoved(load.answers, after), figures
    assert not half_done(before, after), figures
