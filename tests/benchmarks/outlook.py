"""Milliseconds for the outlook of one person over 400 days; that it is what every day says; and
seconds for the forecast of everybody. Run by `make bench`; `--people N` for another crowd.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from models.engine import open_engine
from service.clock import system_clock
from service.core.judge import Judge
from service.core.rulebook import read_rulebook
from service.login.outlook.course import Courses
from service.policy.active import Court
from service.wiring import Wiring, prepare
from tests.benchmarks.targets import Target
from tests.core.policy_texts import shipped
from tests.core.test_turning import DAYS, LAST, TODAY, differing, everybody
from tests.database.crowd import crowd, fill

PEOPLE, FORESEEN, TARGET = 1_000, 100_000, 2.0
SECONDS = 60  # of a million


def main(arguments: list[str] | None = None) -> list[Target]:
    """Measure, compare with asking on every day, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=FORESEEN, help="of the forecast")
    asked = parser.parse_args(arguments)
    book = read_rulebook(shipped())
    court, people = Court(book, Judge(book)), everybody(PEOPLE)
    milliseconds = min(_measured(court) for _ in range(3))
    otherwise = len(list(differing(court, people)))
    print(f"| outlook of {PEOPLE:,} people, {DAYS} days | ms each | otherwise than every day |")
    print("|---|---|---|")
    print(f"| aim: less than {TARGET} ms, 0 | {milliseconds:.2f} | {otherwise} |")
    seconds = _forecast(asked.people)
    return [
        Target("outlook of one person, 400 days", TARGET, milliseconds, "ms"),
        Target(f"forecast of {asked.people:,} people", SECONDS * asked.people / 1e6, seconds, "s"),
    ]


def _measured(court: Court) -> float:
    people, courses = everybody(PEOPLE), Courses(court)
    start = time.perf_counter()
    for evidence in people:
        courses.of(evidence, TODAY, LAST)
    return (time.perf_counter() - start) * 1_000 / PEOPLE


def _forecast(people: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'forecast.db'}"
        engine = open_engine(url)
        prepare(Wiring(engine, system_clock))
        fill(engine, crowd(people, TODAY))
        engine.dispose()
        command = [Path(sys.executable).with_name("gatehouse"), "forecast", "--day", TODAY]
        names = {**os.environ, "GATEHOUSE_DATABASE_URL": url}
        start = time.perf_counter()
        ran = subprocess.run([*command, "--json"], env=names, stdout=subprocess.PIPE, check=True)
        seconds = time.perf_counter() - start
    told = orjson.loads(ran.stdout)
    print(f"\nForecast of {told['people']:,} people: {seconds:.1f} s.")
    return seconds


if __name__ == "__main__":
    main()
