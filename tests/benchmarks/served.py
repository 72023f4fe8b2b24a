"""What is measured while it is served, by gunicorn with two workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from service.clients import add_client
from service.ledger.receipts import make_key
from service.settings import settings_from
from service.wiring import Wiring, begin_token_key, prepare, wire
from tests.database.postgres import free_port

WORKERS = 2
#: So many first requests meet every worker.
_FIRST = 40
_TICKS = os.sysconf("SC_CLK_TCK")
_GUNICORN = [
    "--worker-class=gthread",
    "--threads=8",
    f"--workers={WORKERS}",
    "--log-level=warning",
]


@dataclass(frozen=True, slots=True)
class Served:
    """Something that answers on a port of this machine; *token*: for who asks."""

    port: int
    process: int
    token: str = ""

    def cpu_seconds(self) -> float:
        """What all its processes have used so far."""
        return sum(map(_cpu_seconds, self._processes()))

    def worker_megabytes(self) -> float:
        """The memory of its largest worker."""
        return max(map(_megabytes, self._workers()))

    def _processes(self) -> list[int]:
        return [self.process, *self._workers()]

    def _workers(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text()
        return list(map(int, children.split()))


@contextmanager
def floor(name: str) -> Iterator[Served]:
    """One of tests.benchmarks.floors."""
    port = free_port()
    command = ["-m", "gunicorn", *_GUNICORN, f"--bind=127.0.0.1:{port}"]
    command.append(f"tests.benchmarks.floors:{name}")
    with running([sys.executable, *command], port, "/v1/logins") as process:
        yield Served(port, process)


def environment_of(url: str, folder: Path) -> dict[str, str]:
    """The settings of a gate on the database *url*, with a key in *folder*."""
    key = folder / "signing.key"
    make_key(key)
    checkpoints = folder / f"checkpoints-{free_port()}"
    checkpoints.mkdir()
    return {
        "GATEHOUSE_DATABASE_URL": url,
        "GATEHOUSE_SIGNING_KEY": str(key),
        "GATEHOUSE_CHECKPOINT_DIR": str(checkpoints),
        "GATEHOUSE_WORKERS": str(WORKERS),
    }


def prepared(environment: Mapping[str, str]) -> tuple[Wiring, str]:
    """The parts over a database that is made ready, and the token of a client."""
    settings = settings_from(environment)
    parts = wire(settings)
    begin_token_key(settings, parts)
    prepare(parts)
    with parts.engine.begin() as connection:
        return parts, add_client(connection, "who asks", ["gate"], parts.clock())


@contextmanager
def gate(environment: Mapping[str, str], token: str, **more: str) -> Iterator[Served]:
    """`gatehouse serve` with the settings of *environment*; *more*: of the process alone."""
    port = free_port()
    names = {**environment, "GATEHOUSE_BIND": f"127.0.0.1:{port}", **more}
    command = [sys.executable, "-c", "from service.cli.main import main; main()", "serve"]
    with running(command, port, "/readyz", names) as process:
        _warm(port)
        yield Served(port, process, token)


def _warm(port: int) -> None:
    """Let each worker compile the rulebook before anybody is measured."""
    for _ in range(_FIRST):
        _ask(port, "/readyz")


@contextmanager
def running(
    command: list[str], port: int, path: str, names: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The process of *command*, once it answers at *path* of *port*."""
    environment = {**os.environ, **(names or {})}
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(port, path)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # what npm starts, starts another
        process.wait()


def _wait(port: int, path: str) -> None:
    for _ in range(400):
        try:
            _ask(port, path)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


def _ask(port: int, path: str) -> None:
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _megabytes(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
