"""Policies change under load: no error, and no answer by rules that do not count."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from models.engine import REQUEST
from tests.faults.gate import ENTRY, House, Serving, serving
from tests.faults.load import call, under_load
from tests.faults.moving import Movers

MOVES = 200
PAIRS = int(os.environ.get("GATEHOUSE_PAIRS", "200"))
HOSTS = 3
BETWEEN = 3  # answers from one move to the next


def test_two_hundred_activations_under_load_give_no_error_and_no_stale_answer(
    house: House, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    movers = Movers(house)

    with serving(house, tmp_path) as served:
        movers.publish_both(served.port)
        with under_load(house, served.port) as load:
            for _ in range(MOVES):
                load.await_more(BETWEEN)
                movers.move(served.port)
            load.await_more(BETWEEN)

    # While a disk stands still for a second there is no answer, whatever is active.
    waited = [each for each in load.answers if each.keeps_out and each.seconds >= REQUEST.lock]
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


@pytest.fixture
def hosts(house: House, tmp_path: Path) -> Iterator[list[Serving]]:
    """Several masters on one database, each with its workers."""
    with ExitStack() as stack:
        folders = [tmp_path / f"host{number}" for number in range(HOSTS)]
        for folder in folders:
            folder.mkdir()
        yield [stack.enter_context(serving(house, folder)) for folder in folders]


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_change_on_one_host_counts_in_the_next_decision_of_any_other(
    house: House, hosts: list[Serving], record_property: Callable[[str, object], None]
) -> None:
    movers, chance = Movers(house), Random(PAIRS)
    movers.publish_both(hosts[0].port)
    gate = {"Authorization": f"Bearer {house.token}", "Content-Type": "application/json"}
    stale, terminated = [], False

    for pair in range(PAIRS):
        here, there, yonder = (host.port for host in chance.choices(hosts, k=3))
        if pair % 2:
            movers.move(here, there)
        else:
            terminated = not terminated
            body = _truth(terminated)
            told = movers.asks(here, "PUT", f"/v1/people/{_MOVED}", "feed", body)
            assert told.status == 200, told
        answer = call(yonder, "POST", "/v1/logins", {"user_id": _MOVED, "entry": ENTRY}, gate)
        assert answer.status == 200, answer
        gone = answer.body["reason"] == "WASS_TERMINATED"
        if (answer.body["policy_digest"], gone) != (movers.moves[-1].digest, terminated):
            stale.append((pair, answer.body))

    figures = f"{PAIRS} changes, each on one of {HOSTS} hosts, {len(stale)} stale decisions"
    print(f"\n{figures}")
    record_property("figures", figures)
    assert not stale, figures


_MOVED = "M29999"


def _truth(terminated: bool) -> dict[str, object]:
    return {
        "population": "external",
        "created_on": "2015-01-05",
        "wass_status": "terminated" if terminated else "active",
        "roles": ["TRACS", "IMAX"],
    }
