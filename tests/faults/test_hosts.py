"""Hosts go and come back, and so does their database: no call is lost, and none is made twice."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.database.postgres import Server
from tests.faults.gate import furnish, own_database
from tests.faults.hosts import Hosts

HOSTS = 3
RESTARTS = int(os.environ.get("GATEHOUSE_RESTARTS", str(HOSTS)))
BETWEEN = 15  # answers from one event to the next
Told = Callable[[str, str], None]


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Says what was found."""

    def tell(event: str, figures: str) -> None:
        print(f"\n{event}: {figures}")
        record_property(event, figures)

    return tell


@pytest.fixture
def hosts(server: Server, tmp_path: Path) -> Iterator[Hosts]:
    """Three hosts on one database."""
    with own_database(server) as url:
        house = furnish(url, tmp_path)
        with Hosts(house, tmp_path, number=HOSTS, workers=1).serving() as hosts:
            yield hosts


def test_whichever_host_goes_and_whatever_the_database_does_no_call_is_lost(
    hosts: Hosts, server: Server, told: Told
) -> None:
    with hosts.under_load() as load:
        for number in range(RESTARTS):
            load.await_more(BETWEEN)
            ask_again = load.ask_unheard(hosts.house.allowed[0])
            hosts.restart(hosts.all[number % HOSTS])
            ask_again()
        load.await_more(BETWEEN)
    told(f"{RESTARTS} restarts of {HOSTS} hosts", hosts.nothing_is_lost(load))

    for event, goes, comes in (
        ("restarted", server.stop, server.start),
        ("crashed", server.crash, server.start),
        ("stood still", server.stand_still, server.go_on),
    ):
        with hosts.under_load() as load:
            load.await_more(BETWEEN)
            goes()
            try:
                hosts.await_all(503)
                load.await_more(BETWEEN, status=503)
            finally:
                comes()
            hosts.await_all(200)
            load.await_more(BETWEEN)
        told(f"the database {event}", hosts.nothing_is_lost(load))

    with hosts.under_load() as load:
        load.await_more(BETWEEN)
        hosts.kill(hosts.all[0])
        load.await_more(BETWEEN)
    told("a host killed", hosts.nothing_is_lost(load))


def test_an_embedded_house_that_is_restarted_loses_no_call(tmp_path: Path, told: Told) -> None:
    house = furnish(f"sqlite:///{tmp_path / 'gatehouse.db'}", tmp_path)

    with Hosts(house, tmp_path, number=1, workers=2).serving() as hosts:
        with hosts.under_load() as load:
            load.await_more(BETWEEN)
            ask_again = load.ask_unheard(house.allowed[0])
            hosts.restart(hosts.all[0])
            ask_again()
            load.await_more(BETWEEN)

        told("the one host restarted, sqlite", hosts.nothing_is_lost(load))
