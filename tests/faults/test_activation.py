"""Policies change under load: no error, and no answer by rules that do not count."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.gate import House
from tests.faults.hosts import Hosts
from tests.faults.moving import Movers

MOVES = int(os.environ.get("GATEHOUSE_PAIRS", "200"))
BETWEEN = 3  # answers from one move to the next


@pytest.fixture
def hosts(house: House, tmp_path: Path) -> Iterator[Hosts]:
    """Two workers on one file, or two hosts on one server."""
    number = 1 if house.url.startswith("sqlite") else 2
    with Hosts(house, tmp_path, number=number, workers=2 // number).serving() as hosts:
        yield hosts


def test_activations_on_any_host_under_load_give_no_error_and_no_stale_answer(
    house: House, hosts: Hosts, record_property: Callable[[str, object], None]
) -> None:
    movers, ports, chance = Movers(house), [each.port for each in hosts.all], Random(MOVES)

    movers.publish_both(ports[0])
    with hosts.under_load() as load:
        for _ in range(MOVES):
            load.await_more(BETWEEN)
            movers.move(chance.choice(ports), chance.choice(ports))
        load.await_more(BETWEEN)

    # While disk or machine stand still there is no answer, whatever is active.
    waited = [each for each in load.answers if each.waited_in_vain]
    refused = [each for each in load.answers if not each.decided and each not in waited]
    by = {each.body["policy_digest"] for each in load.answers if each.decided}
    stale = movers.stale(load.answers)
    figures = f"{MOVES} activations, {load.count(200)} answers, {len(stale)} stale"
    told = f"{figures}, {len(refused)} errors, {len(waited)} waited in vain"
    print(f"\n{house.url.partition(':')[0]}: {told}")
    record_property("figures", figures)
    assert not refused
    assert len(waited) < len(load.answers) / 100
    assert not stale, figures
    assert by == set(movers.digests)
    hosts.nothing_is_lost(load)
