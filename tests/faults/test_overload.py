"""More ask than can be answered: some are decided about, others told at once to come again."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import pytest

from models.engine import open_engine
from tests.faults.gate import House, Serving, furnish, serving
from tests.faults.load import Answer, Load, kept, missing, under_load
from tests.faults.statuses import status_of

SECONDS = int(os.environ.get("GATEHOUSE_OVERLOAD_SECONDS", "3"))
#: Eight are answered at a time.
MANY = 64
#: Of a call with a second to live. Without shedding the last of MANY would wait for seven.
ENDS = 3.0
#: Seconds for which a slow disk writes, and rests.
_WRITES, _REST = 0.06, 0.02


@dataclass(frozen=True, slots=True)
class Gate:
    """A house, and one worker who serves it."""

    house: House
    served: Serving


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A gate on the kind of database that is enough here."""
    folder = tmp_path_factory.mktemp("house")
    house = furnish(f"sqlite:///{folder / 'gatehouse.db'}", folder, people=60)
    with serving(house, folder, workers=1) as served:
        yield Gate(house, served)


@contextmanager
def _slow_disk(house: House) -> Iterator[None]:
    """Another process in all but name writes most of the time."""
    over, other = Event(), open_engine(house.url)

    def write() -> None:
        while not over.wait(_REST):
            with other.begin():
                over.wait(_WRITES)

    writer = Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()
        other.dispose()


def _slowest(answers: list[Answer], share: float = 1.0) -> float:
    """The seconds within which so large a *share* of *answers* came."""
    seconds = sorted(each.seconds for each in answers)
    return seconds[round(share * (len(seconds) - 1))]


def _is_told_to_come_again(answer: Answer) -> bool:
    return answer.keeps_out and int(answer.retry_after) > 0


def test_who_cannot_be_answered_in_time_is_told_at_once_to_come_again(
    gate: Gate, record_property: Callable[[str, object], None]
) -> None:
    house, served, probed = gate.house, gate.served, set[int]()

    with _slow_disk(house), under_load(house, served.port, many=MANY) as load:
        load.await_more(1, status=503)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            probed |= {status_of(served, "/healthz"), status_of(served, "/readyz")}
    with under_load(house, served.port) as after:
        after.await_more(20)

    decided = [each for each in load.answers if each.decided]
    shed = [each for each in load.answers if not each.decided]
    figures = (
        f"{MANY} callers: {len(decided)} decided, p99 {_slowest(decided, 0.99):.3f} s;"
        f" {len(shed)} told to come again, p99 {_slowest(shed, 0.99):.3f} s"
    )
    print(f"\n{figures}")
    record_property("figures", figures)
    assert decided, figures
    assert all(map(_is_told_to_come_again, shed)), figures
    assert _slowest(load.answers) < ENDS, figures
    assert probed == {200}
    assert not missing(load.answers, kept(house)), figures
    assert {each.status for each in after.answers} == {200}


def test_while_every_thread_waits_in_vain_nobody_waits_for_a_thread(gate: Gate) -> None:
    house, served = gate.house, gate.served
    other = open_engine(house.url)

    with other.begin(), under_load(house, served.port, many=MANY) as load:
        load.await_more(2 * MANY, status=503)
    other.dispose()
    with under_load(house, served.port) as after:
        after.await_more(20)

    assert all(map(_is_told_to_come_again, load.answers))
    assert _slowest(load.answers) < ENDS
    assert {each.status for each in after.answers} == {200}


def test_who_says_nothing_takes_no_thread(gate: Gate) -> None:
    here = ("127.0.0.1", gate.served.port)

    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(socket.create_connection(here))
        load = Load(gate.house, gate.served.port)
        answer = load.ask(gate.house.allowed[0], gate.served.port)

    assert answer.decided, answer
