"""Seconds for `gatehouse policy impact` over 1,000,000 people: idle for more than 60 days, not 90.

Run by `make bench`, or with `--people N` for fewer and `--rule` for another change. The people are
invented, each with dates, roles, properties and requests of their own, in an SQLite database.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from models.engine import open_engine
from service.clock import system_clock
from service.policy.folder import SHIPPED
from service.wiring import Wiring, prepare
from tests.benchmarks.targets import Target
from tests.database.crowd import crowd, fill

PEOPLE = 1_000_000
TARGET = 60
TODAY = "2026-03-02"
#: What is changed, by name: the file, what stands there, and what shall.
CHANGES = {
    "idle": ("rules/login.csv", "r.user.days_idle > 90 ", "r.user.days_idle > 60 "),
    "rob": ("rules/login.csv", "r.user.rob_years >= 1", "r.user.rob_years >= 2"),
    "property": (
        *("rules/open_property.csv", "r.property.certified_on < r.window.closed_opens_on && !"),
        "r.property.certified_on < r.window.first_opens_on && !",
    ),
    "calendar": ("calendar.yaml", "opens: 2025-09-01", "opens: 2025-10-01"),
}


def main(arguments: list[str] | None = None) -> list[Target]:
    """Invent the people, run the command once for each change asked for, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--change", choices=list(CHANGES), nargs="+", default=["idle"])
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'impact.db'}"
        _invent(url, asked.people)
        print("| policy impact | people | flip | seconds | people a second | CPU s | peak MB |")
        print("|---|---|---|---|---|---|---|")
        took = [_measure(name, url, Path(folder) / name) for name in asked.change]
    print(f"\nAim: {PEOPLE:,} people within {TARGET} s. Peak: of the largest of its processes.")
    return [Target(f"impact over {asked.people:,} people", TARGET, max(took), "s")]


def _invent(url: str, people: int) -> None:
    engine = open_engine(url)
    prepare(Wiring(engine, system_clock))
    fill(engine, crowd(people, TODAY))
    engine.dispose()


def _measure(name: str, url: str, folder: Path) -> float:
    command = Path(sys.executable).with_name("gatehouse")
    asked = [command, "policy", "impact", _changed(folder, *CHANGES[name]), "--day", TODAY]
    names = {**os.environ, "GATEHOUSE_DATABASE_URL": url}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ran = subprocess.run([*asked, "--json"], env=names, stdout=subprocess.PIPE, check=False)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.returncode in (0, 1), ran.returncode
    told = orjson.loads(ran.stdout)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"| {name} | {told['looked_at']:,} | {told['flipped']:,} | {seconds:.1f} |"
        f" {told['looked_at'] / seconds:,.0f} | {cpu:.1f} | {after.ru_maxrss / 1024:.0f} |"
    )
    return seconds


def _changed(folder: Path, file: str, old: str, new: str) -> Path:
    shutil.copytree(SHIPPED, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, old
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
