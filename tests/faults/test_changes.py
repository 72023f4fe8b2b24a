"""A change on one host counts in the next decision of any other, and never in half of one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.database.postgres import running_server
from tests.faults.changes import (
    Change,
    Doors,
    Parting,
    Termination,
    Unassignment,
    Unlock,
    judge,
    replayed,
    run,
    went_back,
)
from tests.faults.gate import furnish, own_database
from tests.faults.hosts import Hosts

ROUNDS = int(os.environ.get("GATEHOUSE_PAIRS", "200"))
#: Of what test_races.py races too, and on one host.
FEWER = int(os.environ.get("GATEHOUSE_PAIRS", "50"))
_PEOPLE = 2 * ROUNDS + 2
_CHANGES: tuple[tuple[Callable[[Doors, int], Change], int], ...] = (
    (Termination, ROUNDS),
    (Unassignment, ROUNDS),
    (Unlock, FEWER),
    (Parting, FEWER),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def hosts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hosts]:
    """Two workers on one file, or two hosts on one server that keeps the order of commits."""
    if request.param == "sqlite":
        house = furnish(f"sqlite:///{tmp_path / 'gatehouse.db'}", tmp_path, people=_PEOPLE)
        with Hosts(house, tmp_path, number=1, workers=2).serving() as hosts:
            yield hosts
        return
    with running_server("track_commit_timestamp=on", durable=False) as server:
        if server.folder is None:
            pytest.skip("the server that was given may not keep the order of commits")
        with own_database(server) as url:
            house = furnish(url, tmp_path, people=_PEOPLE)
            with Hosts(house, tmp_path, number=2, workers=1).serving() as hosts:
                yield hosts


def test_a_change_counts_in_every_decision_that_comes_after_it(
    hosts: Hosts, record_property: Callable[[str, object], None]
) -> None:
    house, ports = hosts.house, [each.port for each in hosts.all]
    doors, found = Doors(house), []

    for kind, many in _CHANGES:
        change = kind(doors, ports[0])
        rounds = run(change, ports, many if len(ports) > 1 else FEWER)
        found.append(judge(change, rounds, house))
        figures = f"{type(change).__name__.lower()}: {found[-1]}"
        print(f"\n{house.url.partition(':')[0]}, {figures}")
        record_property("figures", figures)

    assert not [each.undecided for each in found if each.undecided]
    assert not [each.stale for each in found if each.stale]
    assert not [each.disordered for each in found if each.disordered]
    assert all(all(each.beside) for each in found), "one order never came to pass"
    assert not went_back(house), "the feed took an activity back"
    number, otherwise = replayed(house)
    assert number >= sum(each.rounds for each in found)
    assert not otherwise
