"""Decisions derived again from their record: equal by their own rulebook, or told why not."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import orjson
from sqlalchemy import select

from models.ledger import Entry
from service.core.findings import Findings
from service.policy.active import Court, court_of
from service.policy.folder import SHIPPED
from service.recertification.asking.record import EVALUATION
from service.recertification.replay import KINDS, replay
from service.scenarios.reading import Scenario, read_scenarios
from service.scenarios.runner import Runner
from tests.core.policy_texts import LOGIN, Texts, changed, shipped

_IDLE, _SIXTY = "r.user.days_idle > 90 ", "r.user.days_idle > 60 "


@cache
def _sixty() -> Texts:
    return changed(LOGIN, lambda text: text.replace(_IDLE, _SIXTY))


@cache
def recorded() -> list[tuple[Court, dict[str, Any]]]:
    """Every decision of every scenario, and the court that made it."""
    texts = shipped()
    court = court_of(texts)
    played = _scenarios(court)
    runner = Runner(texts, court, played[0])
    return [each for scenario in played for each in _of(runner, scenario)]


def _scenarios(court: Court) -> list[Scenario]:
    files, zone = sorted((SHIPPED / "scenarios").glob("*.yaml")), court.book.calendar.zone
    return [each for file in files for each in read_scenarios(file, zone, Findings())]


def _of(runner: Runner, scenario: Scenario) -> Iterator[tuple[Court, dict[str, Any]]]:
    assert runner.play(scenario) is None
    with runner.world.engine.connect() as connection:
        bodies = connection.scalars(select(Entry.body).where(Entry.kind.in_(KINDS)))
        for body in bodies:
            yield runner.world.court, orjson.loads(body)


def test_every_decision_of_every_scenario_comes_out_as_it_was_recorded() -> None:
    assert len(recorded()) > 1_000
    assert {entry["kind"] for _, entry in recorded()} == set(KINDS) - {EVALUATION}  # none asks
    assert [found for court, entry in recorded() if (found := replay(entry, court))] == []


def test_by_sixty_days_exactly_those_logins_differ_that_are_idle_for_sixty_one_to_ninety() -> None:
    sixty = court_of(_sixty())
    logins = [(court, entry) for court, entry in recorded() if entry["kind"] == "login"]
    expected = [entry["id"] for _, entry in logins if _between(entry["facts"])]

    otherwise = [
        entry["id"] for court, entry in logins if replay(entry, _on_the_days_of(court, sixty))
    ]

    assert otherwise == expected
    assert len(expected) > 10


def _between(facts: dict[str, Any]) -> bool:
    """Whether a login is by somebody who is idle for 61 to 90 days, once that is tracked."""
    tracked = facts.get("today", "") >= "2017-10-22"
    return tracked and 60 < facts["user"]["days_idle"] <= 90


def _on_the_days_of(court: Court, other: Court) -> Court:
    """*other* with the windows of a scenario, which has its own."""
    return replace(other, book=replace(other.book, calendar=court.book.calendar))
