"""A hundred questions of AuthZEN at once, each recorded and signed, on both databases.

A hundred people at one entry, and one person at a hundred; beside the bare echo of one request.
"""

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks.served import Served, floor
from tests.benchmarks.serving import PEOPLE, asked, demo
from tests.benchmarks.targets import Target
from tests.database.postgres import running_server

ROUNDS, CONNECTIONS, QUESTIONS = 5, 8, 100
PATH = "/access/v1/evaluations"
ENTRIES = ("rob", "tracs_menu", "imax", "imax_admin", "imax_ws", "EIV", "FASSUB", "TRACS1")


def _question(number: int) -> dict[str, Any]:
    return {"subject": {"type": "user", "id": PEOPLE[number % len(PEOPLE)]}}


def _of_many_people(at: int) -> bytes:
    """Everybody at one entry."""
    items = [_question(at + number) for number in range(QUESTIONS)]
    resource = {"type": "entry", "id": ENTRIES[at % 5]}
    return orjson.dumps({"action": {"name": "login"}, "resource": resource, "evaluations": items})


def _of_one_person(at: int) -> bytes:
    """One person at every entry, and at as many properties as there are questions left."""
    entries = [{"action": {"name": "login"}, "resource": _entry(each)} for each in ENTRIES]
    numbers = range(800000001, 800000001 + QUESTIONS - len(ENTRIES))
    opened = [{"resource": {"type": "property", "id": f"{each}"}} for each in numbers]
    default = {"action": {"name": "open_property"}, **_question(at)}
    return orjson.dumps({**default, "evaluations": [*entries, *opened]})


def _entry(code: str) -> dict[str, str]:
    return {"type": "entry", "id": code}


_BATCHES = {
    "100 people at an entry": [_of_many_people(at) for at in range(0, 120, 7)],
    "a person at 100 places": [_of_one_person(at) for at in range(0, 120, 7)],
}


def main(arguments: list[str] | None = None) -> list[Target]:
    """Serve both, ask in turn, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args(arguments).rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_server())
        url = server.url.render_as_string(hide_password=False)
        gates = {
            "SQLite": stack.enter_context(demo(f"sqlite:///{folder / 'g.db'}", folder)),
            "PostgreSQL": stack.enter_context(demo(url, folder)),
        }
        echo = stack.enter_context(floor("echo"))
        found = [_round(gates, echo) for _ in range(rounds)]
    middle = {name: statistics.median(each[name] for each in found) for name in found[0]}
    _print(middle)
    first = next(iter(_BATCHES))
    return [
        Target(
            f"{first}, {each}", 20_000, middle[f"{first}, {each}"], "answers a second", least=True
        )
        for each in gates
    ]


def _round(gates: dict[str, Served], echo: Served) -> dict[str, float]:
    """Answers a second of each batch, and requests a second of the echo."""
    found = {"echo": asked(echo, CONNECTIONS).load.rate}
    for kind, bodies in _BATCHES.items():
        for name, gate in gates.items():
            load = asked(gate, CONNECTIONS, bodies=bodies, path=PATH).load
            found[f"{kind}, {name}"] = load.rate * QUESTIONS
    return found


def _print(middle: dict[str, float]) -> None:
    print(f"2 workers, {CONNECTIONS} connections, {QUESTIONS} questions a request:\n")
    print("| batch | answers a second | times the bare Flask echo |")
    print("|---|---|---|")
    for name, rate in middle.items():
        print(f"| {name} | {rate:,.0f} | {rate / middle['echo']:.2f} |")
    print(flush=True)


if __name__ == "__main__":
    main()
