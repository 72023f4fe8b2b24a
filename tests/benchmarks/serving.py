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
from tests.benchmarks.targets import Target
from tests.database.postgres import running_server

ROUNDS, SECONDS = 5, 3
CONNECTIONS = (8, 32)
ECHO, LOGINS = "bare Flask, JSON echo", ("login, SQLite", "login, PostgreSQL")
PEOPLE = [f"M1{number:04}" for number in range(1, 121)]
BODIES = [orjson.dumps({"user_id": each, "entry": "imax"}) for each in PEOPLE]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one round found: the load, and microseconds of CPU for each answer."""

    load: Load
    cpu: float


def main(arguments: list[str] | None = None) -> list[Target]:
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
            return []
        served = _all_served(stack, folder, library)
        targets: list[Target] = []
        for connections in CONNECTIONS:
            rounds = [_round(served, connections) for _ in range(asked.rounds)]
            middle = {name: _middle([each[name] for each in rounds]) for name in served}
            _print(middle, connections, slow=asked.slow)
            targets += _targets(middle, connections, slow=asked.slow)
        memory = {name: served[name].worker_megabytes() for name in LOGINS}
    for name, megabytes in memory.items():
        print(f"Memory of a worker, {name}: {megabytes:.0f} MB.")
    return [*targets, Target("memory of a worker", 120, max(memory.values()), "MB")]


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


def _middle(rounds: list[Asked]) -> Asked:
    loads = [each.load for each in rounds]
    names = ("rate", "answers", "p50", "p99")
    median = {name: statistics.median(getattr(each, name) for each in loads) for name in names}
    return Asked(Load(**median), statistics.median(each.cpu for each in rounds))


def _targets(middle: dict[str, Asked], connections: int, *, slow: bool) -> list[Target]:
    """What is aimed at with so many *connections*; the tail is that of the most."""
    most = connections == max(CONNECTIONS)
    found: list[Target] = []
    for name in LOGINS:
        load = middle[name].load
        said = f"{name}, {connections} connections"
        if slow and most:
            found.append(Target(f"{said}, slow disk", 3000, load.rate, "a second", least=True))
        if not slow:
            echo = load.rate / middle[ECHO].load.rate
            found.append(Target(said, 0.4, echo, "of the echo", least=True))
            found += peers.targets(said, load, middle)
            found.append(Target(f"{said}, CPU", 270, middle[name].cpu, "µs"))
        if most:
            found.append(Target(f"{said}, p99", 3, load.p99 / load.p50, "times p50"))
    return found


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


def _print(middle: dict[str, Asked], connections: int, *, slow: bool) -> None:
    disk = ", every fsync 1 ms slower" if slow else ""
    print(f"\n{WORKERS} workers, {connections} connections of {GENERATOR}{disk}:\n")
    print("| answer | per second | of the Flask echo | p50 ms | p99 ms | CPU µs |")
    print("|---|---|---|---|---|---|")
    for name, each in middle.items():
        load, share = each.load, each.load.rate / middle[ECHO].load.rate
        print(
            f"| {name} | {load.rate:,.0f} | {share:.2f} | {load.p50:.1f} | {load.p99:.1f} |"
            f" {each.cpu:.0f} |"
        )
    print(flush=True)


if __name__ == "__main__":
    main()
