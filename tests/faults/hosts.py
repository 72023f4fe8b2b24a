"""Several hosts on one database, and callers who ask the next host where one gives no decision.

A call is asked again with its key until it is decided. So in the end there is one entry for each
call, no more and no fewer, whatever became of the hosts meanwhile.
"""

import itertools
import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import orjson

from models.engine import open_engine, reading
from service.cli.verifying import verified_in
from service.ledger.held_to import gathered
from service.ledger.outside import Folder
from service.ledger.sealing import head
from service.ledger.verify import Verdict
from service.web.idempotency import KEY
from tests.faults.gate import ENTRY, PATIENCE, House, Serving
from tests.faults.load import Answer, Load, call, decided, half_done, kept, missing, unmoved

#: A request has one second. Who hears nothing for so long hangs; the rest is for slow machines.
HANGS = 5.0
_PAUSE = 0.02  # of a caller between two calls: a load, but not all that the machine can bear


class Roving(Load):
    """Callers who ask host after host about a person, with one key, until one decides."""

    patience = HANGS

    def __init__(self, house: House, ports: list[int]) -> None:
        super().__init__(house, ports[0])
        self.calls, self.given_up = 0, 0
        self._turn = itertools.cycle(range(len(ports)))
        self._ports = ports

    def ask_about(self, person: str) -> None:
        """Ask until there is a decision."""
        first = next(self._turn)
        self.calls += 1
        if self._ask_each(self._ports[first:] + self._ports[:first], person, str(uuid4())):
            time.sleep(_PAUSE)

    def ask_unheard(self, person: str) -> Callable[[], bool]:
        """Ask until there is a decision, and lose it on the way; what asks again for it."""
        body, key = {"user_id": person, "entry": ENTRY}, str(uuid4())
        told = {**self._headers, KEY: key}
        self.calls += 1
        decided(lambda: call(self.port, "POST", "/v1/logins", body, told))
        return partial(self._ask_each, [self.port], person, key)

    def _ask_each(self, ports: list[int], person: str, key: str) -> bool:
        """Ask port after port with *key* until there is a decision; whether there is one."""
        deadline = time.monotonic() + PATIENCE
        in_time = itertools.takewhile(
            lambda _: time.monotonic() < deadline, itertools.cycle(ports)
        )
        if any(self.ask(person, port, **{KEY: key}).decided for port in in_time):
            return True
        self.given_up += 1
        return False


@dataclass(frozen=True, slots=True)
class Absence:
    """The host at *port* was told to go, or was killed, at *began*, and ready again at *ended*."""

    port: int
    began: float
    ended: float

    def explains(self, answer: Answer) -> bool:
        """Whether *answer* may be a broken connection."""
        there = answer.came_at < self.began or answer.asked_at > self.ended
        return answer.port == self.port and not there


class Hosts:
    """Masters on the database of *house*, and everything that was answered by any of them."""

    def __init__(self, house: House, folder: Path, *, number: int, workers: int) -> None:
        self.all: list[Serving] = []
        self.house, self._folder, self._number, self._workers = house, folder, number, workers
        self._before = kept(house)
        self._answers: list[Answer] = []
        self._absences: list[Absence] = []

    @contextmanager
    def serving(self) -> Iterator["Hosts"]:
        """All of them, ready, for as long as the context lasts."""
        with ExitStack() as stack:
            for number in range(self._number):
                log = self._folder / f"host{number}.log"
                self.all.append(Serving(self.house, log, workers=self._workers))
                stack.callback(self.all[-1].end)
            for each in self.all:
                each.await_ready()
            yield self

    @contextmanager
    def under_load(self) -> Iterator[Roving]:
        """Callers who ask any of them for as long as the context lasts."""
        load = Roving(self.house, [each.port for each in self.all])
        load.begin()
        try:
            yield load
        finally:
            load.end()
            self._answers += load.answers
        assert not load.given_up

    def restart(self, host: Serving) -> None:
        """Tell *host* to stop, see it stop well, and start it anew."""
        began = time.monotonic()
        host.tell_to_stop()
        assert host.stopped() == 0, host.log()
        host.begin()
        host.await_ready()
        self._absences.append(Absence(host.port, began, time.monotonic()))

    def kill(self, host: Serving) -> None:
        """Kill *host*, master and workers, for good."""
        self._absences.append(Absence(host.port, time.monotonic(), math.inf))
        host.end()

    def await_all(self, status: int) -> None:
        """Wait until /readyz of each answers *status*."""
        for each in self.all:
            each.sees(partial(_says, each, status), f"a {status} from /readyz")

    def nothing_is_lost(self, load: Roving) -> str:
        """Fails unless all that was ever answered is kept, once, and all else was no decision.

        The figures of *load*, otherwise.
        """
        after = kept(self.house)
        decided = [each for each in self._answers if each.decided]
        ids = {each.body["decision_id"] for each in decided}
        others = [each for each in self._answers if not each.decided]
        figures = (
            f"{load.calls} calls, {load.count(200)} decided, {load.count(503)} without a decision,"
            f" {load.cut} cut off; {len(missing(decided, after))} lost"
        )
        assert not missing(decided, after), figures
        assert len(ids) == len(decided), f"an answer was given twice: {figures}"
        assert after.entries.keys() - self._before.entries.keys() == ids, figures
        assert load.count(200) == load.calls, figures
        assert not [each for each in others if not each.keeps_out], figures
        assert not [each for each in others if each.cut and not self._explained(each)], figures
        assert not unmoved(decided, after), figures
        assert not half_done(self._before, after), figures
        assert not (damage := self._verified(decided).damage), f"{damage}: {figures}"
        return figures

    def _explained(self, answer: Answer) -> bool:
        return any(each.explains(answer) for each in self._absences)

    def _verified(self, decided: list[Answer]) -> Verdict:
        """What `gatehouse ledger verify` finds, held to the receipts of all that was answered."""
        receipts = self._folder / "receipts.jsonl"
        receipts.write_bytes(b"\n".join(orjson.dumps(each.body) for each in decided))
        engine = open_engine(self.house.url)
        checkpoints = self._folder / "checkpoints"
        folder = Folder(checkpoints) if checkpoints.is_dir() else None
        try:
            with reading(engine).begin() as connection:
                origin = head(connection).origin
                evidence = gathered(connection, origin, folder, None, receipts)
            with reading(engine).begin() as connection:
                return verified_in(connection, evidence)
        finally:
            engine.dispose()


def _says(host: Serving, status: int) -> bool:
    return host.readiness() == status
