"""The login of a contract administrator with 5,000 properties, beside that of a user with one.

Both at the menu, asked in turn over one connection; medians and ratios of one run.
"""

import statistics
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import orjson

from tests.benchmarks.served import Served, environment_of, gate, prepared
from tests.benchmarks.serving import ROUNDS, asked
from tests.benchmarks.targets import Target
from tests.database.postgres import running_server
from tests.database.wass import Somebody, Wass, extract_of

MANY, TARGET = 5_000, 3
_FEW_USER, _MANY_USER, _COORDINATOR = "M10001", "M10002", "M90001"
_PROPERTIES = range(800_000_001, 800_000_001 + MANY)
_OF_A_CONTRACT = 10
_ROLES = ("TRACS", "IMAX", "TCC", "TCR")
_DAYS = ("wass_last_access_on", "password_changed_on", "last_activity_on", "rob_accepted_on")


def main() -> list[Target]:
    """Measure on both databases and print a Markdown table."""
    print(f"| login at the menu | 1 property, ms | {MANY:,} properties, ms | ratio |")
    print("|---|---|---|---|")
    ratios = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_server())
        url = server.url.render_as_string(hide_password=False)
        for name, where in (("SQLite", f"sqlite:///{folder / 'g.db'}"), ("PostgreSQL", url)):
            environment = environment_of(where, folder)
            token = _fill(environment)
            with gate(environment, token) as served:
                ratios.append(_measure(name, served))
    print(f"\nAim: a ratio of {TARGET} at most.", flush=True)
    return [Target(f"{MANY:,} properties, of one", TARGET, max(ratios), "times")]


def _fill(environment: dict[str, str]) -> str:
    parts, token = prepared(environment)
    numbers = range(MANY // _OF_A_CONTRACT)
    contracts = {
        f"DC{number:06}": tuple(_PROPERTIES[number :: len(numbers)]) for number in numbers
    }
    lately = (parts.clock() - timedelta(days=1)).date().isoformat()
    today = {name: lately for name in _DAYS}
    people = [
        Somebody(id=_FEW_USER, properties=_PROPERTIES[:1], **today),
        Somebody(id=_MANY_USER, contracts=list(contracts), **today),
        Somebody(id=_COORDINATOR, coordinator=True, roles=_ROLES, bpr=_PROPERTIES, **today),
    ]
    certified = [(each.id, _COORDINATOR, lately) for each in people]
    Wass(parts).says(extract_of(*people, contracts=contracts, certified=certified), day=lately)
    parts.engine.dispose()
    return token


def _measure(name: str, served: Served) -> float:
    rounds = [(_ms(served, _FEW_USER), _ms(served, _MANY_USER)) for _ in range(ROUNDS)]
    few, many = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(many / few for few, many in rounds)
    print(f"| {name} | {few:.2f} | {many:.2f} | {ratio:.2f} |", flush=True)
    return ratio


def _ms(served: Served, user_id: str) -> float:
    """The median of milliseconds; at the menu everything is judged only of who comes in."""
    body = orjson.dumps({"user_id": user_id, "entry": "tracs_menu"})
    return asked(served, 1, bodies=[body]).load.p50


if __name__ == "__main__":
    main()
