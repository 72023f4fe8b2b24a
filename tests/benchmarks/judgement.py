"""Microseconds for one judgement with all reasons, beside stock Casbin reading the same rows.

Run by `make bench`; a ratio measured in one run, never a test.
"""

import statistics
import time
from collections.abc import Callable

import casbin

from service.core.judge import casbin_request
from service.core.login_facts import LoginFacts, User, Window
from service.core.model import MODEL
from service.policy.active import court_of
from service.policy.folder import SHIPPED, read_texts
from tests.benchmarks.targets import Target

ROUNDS = 7
FACTS = LoginFacts(
    today="2026-11-22",
    entry="tracs_menu",
    user=User(
        known=True,
        population="external",
        coordinator=False,
        terminated=False,
        wass_days_idle=1,
        password_days=20,
        entry_role_held=True,
        entry_role_removed=False,
        days_idle=91,
        created_on="2020-01-01",
        certified_on="2026-10-01",
        rob_accepted_on="2026-05-01",
        rob_years=0,
    ),
    window=Window(first_opens_on="2017-09-01", closed_opens_on="2025-09-01", open=True),
)


def main() -> list[Target]:
    """Measure both in turn and print medians and their ratio as a Markdown table."""
    court = court_of(read_texts(SHIPPED))
    stock = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    for rule in court.book.rules["login"]:
        stock.model.add_policy("p", "p", rule.cells)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_microseconds(lambda: court.judge("login", FACTS), 20_000))
        theirs.append(
            _microseconds(lambda: stock.enforce_ex(*casbin_request("login", FACTS)), 100)
        )
    table, plain = statistics.median(ours), statistics.median(theirs)
    print("| one judgement | median µs |")
    print("|---|---|")
    print(f"| the judge, all reasons, table warm | {table:.1f} |")
    print(f"| stock `enforce_ex`, first reason only | {plain:.0f} |")
    print(f"\nStock takes {plain / table:.0f} times as long.")
    return [Target("one judgement with all reasons", 5, table, "µs")]


def _microseconds(call: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times * 1e6


if __name__ == "__main__":
    main()
