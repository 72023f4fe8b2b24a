"""Flat in size: the rate of logins with a nation in the database, beside that with a town.

Both are asked in turn; the table shows medians and ratios of one run. Run by `make bench`, or with
`--people N --entries N` for another nation; ten million entries take 50 GB of disk.
"""

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson

from models.engine import open_engine
from service.clock import system_clock
from tests.benchmarks.served import Served, environment_of, gate, prepared
from tests.benchmarks.serving import asked
from tests.benchmarks.targets import Target
from tests.benchmarks.verifying import write
from tests.database.crowd import crowd, fill

PEOPLE, ENTRIES = 1_000_000, 200_000
TOWN, WRITTEN, SHARE = 1_000, 5_000, 0.85
ROUNDS, CONNECTIONS = 5, 8
_SAMPLE = 5_000
_TODAY = system_clock().date().isoformat()


def main(arguments: list[str] | None = None) -> list[Target]:
    """Fill both, ask in turn, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    wanted = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        town = stack.enter_context(_filled(folder / "town", TOWN, WRITTEN))
        nation = stack.enter_context(_filled(folder / "nation", wanted.people, wanted.entries))
        rates = [(_rate(*town), _rate(*nation)) for _ in range(ROUNDS)]
    print("| logins, SQLite | people | entries | a second | of the town |")
    print("|---|---|---|---|---|")
    small, large = (statistics.median(each) for each in zip(*rates, strict=True))
    share = statistics.median(large / small for small, large in rates)
    print(f"| town | {TOWN:,} | {WRITTEN:,} | {small:,.0f} | 1.00 |")
    print(f"| nation | {wanted.people:,} | {wanted.entries:,} | {large:,.0f} | {share:.2f} |")
    what = f"{wanted.people:,} people, {wanted.entries:,} entries, of a town"
    return [Target(what, SHARE, share, "of the rate", least=True)]


@contextmanager
def _filled(folder: Path, people: int, entries: int) -> Iterator[tuple[Served, list[bytes]]]:
    folder.mkdir()
    environment = environment_of(f"sqlite:///{folder / 'gatehouse.db'}", folder)
    write({**os.environ, **environment}, entries)
    parts, token = prepared(environment)
    parts.engine.dispose()
    engine = open_engine(environment["GATEHOUSE_DATABASE_URL"])
    fill(engine, crowd(people, _TODAY))
    engine.dispose()
    drawn = random.Random(1)
    known = [each.standing.person_id for each in crowd(people, _TODAY) if _drawn(drawn, people)]
    bodies = [orjson.dumps({"user_id": each, "entry": "imax"}) for each in known]
    drawn.shuffle(bodies)
    with gate(environment, token) as served:
        yield served, bodies


def _drawn(drawn: random.Random, people: int) -> bool:
    return drawn.random() * people < _SAMPLE


def _rate(served: Served, bodies: list[bytes]) -> float:
    return asked(served, CONNECTIONS, bodies=bodies).load.rate


if __name__ == "__main__":
    main()
