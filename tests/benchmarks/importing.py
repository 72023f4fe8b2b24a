"""Seconds and memory for `gatehouse feed import` of a tenth of a nation, twice over.

Run by `make bench`, or with `--people N`; a million takes ten times as long. The nation is that
of `gatehouse demo load --people N`, written as a feed; both databases are durable. The second
import is of the same feed, and changes nothing.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import orjson

from models.engine import open_engine
from models.staging import TABLES
from service.core.calendar import Calendar
from service.core.catalogue import Catalogue
from service.feed.nation import Nation
from service.feed.world import read_ground
from service.ledger.receipts import make_key
from service.login.gather import active_court
from service.wiring import Wiring, prepare
from tests.benchmarks.targets import Target
from tests.database.postgres import running_server

PEOPLE, NATION = 100_000, 1_000_000
TARGET_SECONDS, TARGET_MB = 120, 500
TODAY = "2026-03-02"
_NAMES = {"marked_coordinator": "coordinator", "terminated": "wass_status"}
_PEOPLE_COLUMNS = [column.name for column in TABLES["people"].c if column.name != "line"]
_COMMAND = [sys.executable, "-c", "from service.cli.main import main; main()"]


def main(arguments: list[str] | None = None) -> list[Target]:
    """Write the feed, import it twice into each database, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args(arguments).people
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        make_key(folder / "signing.key")
        server = stack.enter_context(running_server())
        urls = {
            "SQLite": f"sqlite:///{folder / 'gatehouse.db'}",
            "PostgreSQL": server.url.render_as_string(hide_password=False),
        }
        print("| database | import | people | rows | seconds | a second | CPU s | peak MB |")
        print("|---|---|---|---|---|---|---|---|")
        targets = [t for name, url in urls.items() for t in _import(name, url, folder, people)]
    print(f"\nAim: {NATION:,} people within {TARGET_SECONDS} s and {TARGET_MB} MB.")
    return targets


def _import(name: str, url: str, folder: Path, people: int) -> list[Target]:
    """Import into one database, and again."""
    rows = _prepare(url, folder / "feed", people)
    targets: list[Target] = []
    for which in ("first", "again"):
        seconds, cpu, peak = _measure(url, folder)
        print(
            f"| {name} | {which} | {people:,} | {rows:,} | {seconds:.1f} |"
            f" {people / seconds:,.0f} | {cpu:.1f} | {peak:.0f} |",
            flush=True,
        )
        if which == "first":
            aim, said = TARGET_SECONDS * people / NATION, f"import of {people:,}, {name}"
            targets += [Target(said, aim, seconds, "s"), Target(said, TARGET_MB, peak, "MB")]
    return targets


def _prepare(url: str, feed: Path, people: int) -> int:
    """Make the database ready, and the feed where there is none; how many rows that has."""
    parts = Wiring(open_engine(url), lambda: datetime(2026, 3, 2, 17, tzinfo=UTC))
    prepare(parts)
    with parts.engine.begin() as connection:
        book = active_court(connection, parts.courts).book
    parts.engine.dispose()
    if not feed.exists():
        _write(feed, people, book.calendar, book.catalogue)
    return sum(len(each.read_bytes().splitlines()) - 1 for each in feed.iterdir())


def _write(folder: Path, people: int, calendar: Calendar, catalogue: Catalogue) -> None:
    """The nation as a feed in *folder*."""
    nation = Nation(
        people, read_ground(), calendar=calendar, catalogue=catalogue, today=TODAY, seed=1
    )
    folder.mkdir()
    with ExitStack() as stack:
        files = {}
        for name, table in TABLES.items():
            path = folder / f"{name}.csv"
            file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            files[name] = csv.writer(file, lineterminator="\n")
            columns = [column.name for column in table.c if column.name != "line"]
            files[name].writerow([_NAMES.get(column, column) for column in columns])
        for said in chain([nation.grounds()], nation.people()):
            for name, rows in said.items():
                files[name].writerows(map(_as_said, rows) if name == "people" else rows)


def _as_said(person: Sequence[str]) -> list[str]:
    """A row of people.csv, where the status is a word."""
    at = _PEOPLE_COLUMNS.index("terminated")
    return [*person[:at], "terminated" if person[at] else "active", *person[at + 1 :]]


def _measure(url: str, folder: Path) -> tuple[float, float, float]:
    """Seconds, seconds of CPU and the peak of memory of the process that imports."""
    names = {
        **os.environ,
        "GATEHOUSE_DATABASE_URL": url,
        "GATEHOUSE_SIGNING_KEY": str(folder / "signing.key"),
    }
    asked = [*_COMMAND, "feed", "import", str(folder / "feed"), "--as-of", TODAY, "--json"]
    start = time.perf_counter()
    with subprocess.Popen(asked, env=names, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = orjson.loads(process.stdout.read())
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert told["ok"], told
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
