"""The real `gatehouse serve`, in processes of its own that can be killed, on a prepared database.

The people are the same on every day of the year: coordinators outside HUD, who need no
certification, half of them locked because they stayed away for too long.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import create_engine, text

from models.engine import open_engine
from service.clients import add_client
from service.clock import system_clock
from service.core.inquiry import Inquiry
from service.ledger.receipts import make_key
from service.login.consider import consider
from service.login.gather import active_court
from service.people.wass import speak
from service.wiring import Wiring, prepare
from tests.database.postgres import Server, free_port
from tests.database.wass import BOTH, OAKS, Somebody, extract_of
from tests.tokens import knowing, token_key_file

PEOPLE = 600
STRANGERS = ("M77771", "M77772")
ENTRY = "tracs_menu"
WORKERS = 2
PATIENCE = 60.0  # seconds until a wait is given up as failed; nothing is measured by it
_COMMAND = Path(sys.executable).with_name("gatehouse")
_PAUSE = 0.01
_LOG_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class House:
    """A prepared database, the key to sign with, a caller's token, and whom it can ask about."""

    url: str
    key: Path
    token: str
    allowed: tuple[str, ...]
    locked: tuple[str, ...]


def furnish(url: str, folder: Path, *, people: int = PEOPLE) -> House:
    """Prepare the database *url*: schema, policies, *people*, one caller; the key in *folder*."""
    key = folder / "signing.key"
    make_key(key)
    parts = Wiring(knowing(open_engine(url)), system_clock)
    try:
        prepare(parts)
        token, allowed, locked = _move_in(parts, people)
    finally:
        parts.engine.dispose()
    return House(url, key, token, allowed, locked)


def _move_in(parts: Wiring, many: int) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    as_of = parts.clock()
    with parts.engine.begin() as connection:
        book = active_court(connection, parts.courts).book
        today = book.calendar.day_of(as_of)
        people = [_somebody(number, date.fromisoformat(today)) for number in range(many)]
        extract = extract_of(*people, contracts={BOTH: [OAKS]})
        speak(connection, extract, day=today, catalogue=book.catalogue)
        token = add_client(connection, "gate of the faults", ["gate"], as_of)
        asked = [Inquiry(user_id=each.id, entry=ENTRY) for each in people]
        found = [consider(connection, i, courts=parts.courts, as_of=as_of) for i in asked]
    allowed = {each.inquiry.user_id for each in found if each.outcome.decision.allowed}
    assert len(allowed) == many // 2
    locked = tuple(each.id for each in people if each.id not in allowed)
    return token, tuple(sorted(allowed)), locked + STRANGERS


def _somebody(number: int, today: date) -> Somebody:
    def ago(days: int) -> str:
        return (today - timedelta(days)).isoformat()

    return Somebody(
        id=f"M{20000 + number}",
        coordinator=True,
        roles=("TRACS", "IMAX", "TCC", "TCR"),
        bpr=(OAKS,),
        wass_last_access_on=ago(1),
        password_changed_on=ago(10),
        last_activity_on=ago(20 if number % 2 else 200),
        rob_accepted_on=ago(30),
    )


@contextmanager
def own_database(server: Server) -> Iterator[str]:
    """A database of one's own on *server*, for as long as the context lasts; its URL."""
    name = f"faults_{os.getpid()}"
    admin = create_engine(server.url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
        if server.folder is None:  # a server of ours goes with everything in it
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


class Serving:
    """A running `gatehouse serve`: its master, its workers, its port."""

    def __init__(self, house: House, log: Path, *, workers: int = WORKERS) -> None:
        self.port = free_port()
        self._log, self._wanted = log, workers
        names = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE_")}
        self._names = names | {
            "GATEHOUSE_DATABASE_URL": house.url,
            "GATEHOUSE_SIGNING_KEY": str(house.key),
            "GATEHOUSE_TOKEN_KEY": str(token_key_file()),
            "GATEHOUSE_BIND": f"127.0.0.1:{self.port}",
            "GATEHOUSE_WORKERS": str(workers),
            "TMPDIR": str(house.key.parent),  # where who is killed leaves what it counted
        }
        self.begin()

    def begin(self) -> None:
        """Start a master, at first or in the place of one that has ended."""
        with self._log.open("ab") as file:
            self._master = subprocess.Popen(
                [sys.executable, _COMMAND, "serve"],
                env=self._names,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def await_ready(self) -> None:
        """Wait until it decides, with all its workers."""
        self.sees(self.ready, "a 200 from /readyz")
        self.sees(lambda: len(self.workers()) == self._wanted, "all workers")

    @property
    def lives(self) -> bool:
        """Whether the master that was started is still the one that runs."""
        return self._master.poll() is None

    def workers(self) -> set[int]:
        """The workers of now."""
        master = self._master.pid
        try:
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            return set()
        return {int(each) for each in children}

    def kill(self, worker: int) -> None:
        """SIGKILL a worker, and see it gone."""
        os.kill(worker, signal.SIGKILL)
        self.sees(lambda: worker not in self.workers(), f"worker {worker} gone")

    def ready(self) -> bool:
        """Whether /readyz says so."""
        return self.readiness() == 200

    def readiness(self) -> int:
        """The status /readyz answers with; 0 when it does not answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def sees(self, so: Callable[[], bool], what: str) -> None:
        """Wait until *so*; fails when the master ends before, or after much patience."""
        deadline = time.monotonic() + PATIENCE
        while not so():
            assert self.lives, f"the master ended before it saw {what}\n{self.log()}"
            assert time.monotonic() < deadline, f"never saw {what}\n{self.log()}"
            time.sleep(_PAUSE)

    def log(self) -> str:
        """The end of what the processes said."""
        return self._log.read_text(errors="replace")[-_LOG_SHOWN:]

    def tell_to_stop(self) -> None:
        """SIGTERM, as an operator or a rolling restart would."""
        self._master.terminate()

    def stopped(self) -> int:
        """Wait until the master has ended by itself; its exit code."""
        return self._master.wait(PATIENCE)

    def end(self) -> None:
        """End the master and every worker, whatever they are doing."""
        with suppress(ProcessLookupError):  # none is left
            os.killpg(self._master.pid, signal.SIGKILL)
        self._master.wait()


@contextmanager
def serving(house: House, folder: Path, *, workers: int = WORKERS) -> Iterator[Serving]:
    """`gatehouse serve` on *house*, ready, for as long as the context lasts."""
    served = Serving(house, folder / "serve.log", workers=workers)
    try:
        served.await_ready()
        yield served
    finally:
        served.end()
