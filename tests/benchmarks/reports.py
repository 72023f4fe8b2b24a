"""The last-login report of a coordinator with 10,000 staff, beside one with 100.

Both are asked in turn on the same database, over HTTP inside one process; the table shows medians
and ratios of one run. That `locked_only` names exactly the locked, over all pages, is checked.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient

from models.engine import open_engine
from service.app import create_app
from service.clients import add_client
from service.ledger.receipts import Signer
from service.wiring import Wiring, prepare
from tests.benchmarks.targets import Target
from tests.database.postgres import running_server
from tests.database.wass import OAKS, TODAY, Somebody, Wass, coordinator
from tests.tokens import knowing

ROUNDS = 15
FEW, MANY = 100, 10_000
ONE_IN = 100  # of the staff is locked for want of use
TARGET = 5
NOON = datetime.fromisoformat(f"{TODAY}T17:00:00+00:00").astimezone(UTC)
OF_FEW, OF_MANY = "M90100", "M91000"


def main() -> list[Target]:
    """Measure on both databases and print a Markdown table."""
    print(f"| last-login report, first page | {FEW} staff, ms | {MANY:,} staff, ms | ratio |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        ratios = _measure("SQLite", f"sqlite:///{Path(folder) / 'reports.db'}")
    with running_server() as server:
        ratios += _measure("PostgreSQL", server.url.render_as_string(hide_password=False))
    print(f"\nAim: a ratio of {TARGET} at most. `locked_only` named exactly the locked each time.")
    return [Target("report of 10,000 staff, of that of 100", TARGET, max(ratios), "times")]


def _measure(name: str, url: str) -> list[float]:
    engine = knowing(open_engine(url))
    parts = Wiring(engine, lambda: NOON)
    prepare(parts)
    _fill(parts)
    with engine.begin() as connection:
        token = add_client(connection, "bench", ["subsystem"], NOON)
    http = create_app(parts, Signer(Ed25519PrivateKey.generate())).test_client()
    ratios = []
    for words, query in (("all", ""), ("locked only", "?locked_only=true")):
        asked = [partial(_page, http, token, who, query) for who in (OF_FEW, OF_MANY)]
        times = _in_turn(*asked)
        few, many = (statistics.median(each) * 1000 for each in times)
        print(f"| {name}, {words} | {few:.1f} | {many:.1f} | {many / few:.2f} |")
        ratios.append(many / few)
    for who, staff in ((OF_FEW, FEW), (OF_MANY, MANY)):
        assert len(_locked(http, token, who)) == staff // ONE_IN
    engine.dispose()
    return ratios


def _fill(parts: Wiring) -> None:
    people = [
        Somebody(
            id=f"M{number:05}",
            properties=[OAKS],
            last_activity_on="2025-06-01" if number % ONE_IN == 0 else "2026-02-20",
        )
        for number in range(10_000, 10_000 + MANY)
    ]
    hosts = [coordinator(OF_FEW), coordinator(OF_MANY)]
    staff = [(OF_MANY, each.id) for each in people] + [(OF_FEW, p.id) for p in people[:FEW]]
    certified = [(each.id, OF_MANY, "2025-10-01") for each in people]
    Wass(parts).knows(*hosts, *people, staff=staff, certified=certified)


def _in_turn(*calls: Callable[[], object]) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for kept, call in zip(times, calls, strict=True):
            start = time.perf_counter()
            call()
            kept.append(time.perf_counter() - start)
    return times


def _page(http: FlaskClient, token: str, who: str, query: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Gatehouse-Actor": who}
    response = http.get(f"/v1/reports/last-logins{query}", headers=headers)
    assert response.status_code == 200, response.text
    return dict(response.json)


def _locked(http: FlaskClient, token: str, who: str) -> list[str]:
    """Everybody whom `locked_only` names, over all pages."""
    people: list[str] = []
    cursor = ""
    while cursor is not None:
        query = f"?locked_only=true&cursor={cursor}" if cursor else "?locked_only=true"
        page = _page(http, token, who, query)
        people, cursor = people + page["people"], page["next_cursor"]
    assert len(set(people)) == len(people)
    return people


if __name__ == "__main__":
    main()
