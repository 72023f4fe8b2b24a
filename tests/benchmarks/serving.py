"""A whole durable login on both databases, beside two floors on the same gunicorn and a peer.

Everything is served at once and asked in turn, round after round; the table shows medians and
ratios of one run. With --slow every fsync takes a millisecond more. Nothing here is a test.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import orjson

from service.feed.demo import load_demo
from service.policy.active import Courts
from tests.benchmarks import peers
from tests.benchmarks.load import GENERATOR, Load, Plan, ask
from tests.benchmarks.served import WORKERS, Served, environment_of, floor, gate, prepared
from tests.benchmarks.slow_disk import slow_disk, slowed
from tests.database.postgres import running_server

ROUNDS, SECONDS = 5, 3
CONNECTIONS = (8, 32)
ECHO = "bare Flask, JSON echo"
PEOPLE = [f"M1{number:04}" for number in range(1, 121)]
BODIES = [orjson.dumps({"user_id": each, "entry": "imax"}) for each in PEOPLE]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one round found: the load, and microseconds of CPU for each answer."""

    load: Load
    cpu: float


def main(arguments: list[str] | None = None) -> None:
    """Serve everything, ask in turn, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slow", action="store_true", help="a millisecond more for every fsync")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        library = slow_disk(folder) if asked.slow else ""
        if asked.slow and not library:
            print("Slow disks: not measured, there is no C compiler here.")
            return
        served = _all_served(stack, folder, library)
        for connections in CONNECTIONS:
            rounds = [_round(served, connections) for _ in range(asked.rounds)]
            _print(rounds, connections, slow=asked.slow)
        for name in ("login, SQLite", "login, PostgreSQL"):
            print(f"Memory of a worker, {name}: {served[name].worker_megabytes():.0f} MB.")


def _all_served(stack: ExitStack, folder: Path, library: str) -> dict[str, Served]:
    with slowed(library) if library else nullcontext():
        server = stack.enter_context(running_server())
        url = server.url.render_as_string(hide_password=False)
        gates = {
            "login, SQLite": stack.enter_context(demo(f"sqlite:///{folder / 'g.db'}", folder)),
            "login, PostgreSQL": stack.enter_context(demo(url, folder)),
        }
    floors = {
        "constant WSGI answer": stack.enter_context(floor("constant")),
        ECHO: stack.enter_context(floor("echo")),
    }
    return {**floors, **peers.served(stack, folder), **gates}


@contextmanager
def demo(url: str, folder: Path) -> Iterator[Served]:
    """A gate on the database *url* with the demo world."""
    environment = environment_of(url, folder)
    parts, token = prepared(environment)
    with parts.engine.begin() as connection:
        load_demo(connection, courts=Courts(), as_of=parts.clock(), progress=lambda _: None)
    parts.engine.dispose()
    with gate(environment, token) as served:
        yield served


def _round(served: dict[str, Served], connections: int) -> dict[str, Asked]:
    return {name: asked(each, connections, **peers.how(name)) for name, each in served.items()}


def asked(
    served: Served, connections: int, *, bodies: list[bytes] = BODIES, path: str = "/v1/logins"
) -> Asked:
    """Ask *served* as often as it answers."""
    plan = Plan(served.port, bodies, served.token, path, connections, SECONDS)
    before = served.cpu_seconds()
    load = ask(plan)
    return Asked(load, (served.cpu_seconds() - before) / load.answers * 1e6)


def _print(rounds: list[dict[str, Asked]], connections: int, *, slow: bool) -> None:
    disk = ", every fsync 1 ms slower" if slow else ""
    print(f"\n{WORKERS} workers, {connections} connections of {GENERATOR}{disk}:\n")
    print("| answer | per second | of the Flask echo | p50 ms | p99 ms | CPU µs |")
    print("|---|---|---|---|---|---|")
    for name in rounds[0]:
        rate, p50, p99, cpu = (
            statistics.median(each)
            for each in zip(
                *((a.load.rate, a.load.p50, a.load.p99, a.cpu) for a in (r[name] for r in rounds)),
                strict=True,
            )
        )
        share = statistics.median(r[name].load.rate / r[ECHO].load.rate for r in rounds)
        print(f"| {name} | {rate:,.0f} | {share:.2f} | {p50:.1f} | {p99:.1f} | {cpu:.0f} |")
    print(flush=True)


if __name__ == "__main__":
    main()
