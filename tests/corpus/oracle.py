"""An oracle that proves nothing and tries everything: does another rulebook answer otherwise?

It asks what the shipped scenarios asked, each question near its boundaries too, and it decides
logins of the scenarios' people and of the probes anew, as the other rulebook measures them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from service.core.findings import Findings
from service.core.inquiry import Inquiry
from service.core.judge import Judge
from service.core.rulebook import Rulebook
from service.login.decide import Evidence, decide
from service.login.gather import gather
from service.policy.active import Court, court_of
from service.scenarios.coverage import NotingJudge, Question
from service.scenarios.reading import Scenario, read_scenarios
from service.scenarios.runner import Runner
from tests.core.policy_texts import POLICIES, shipped
from tests.core.probes import answers, probes, questions
from tests.corpus.boundaries import Nearby, possible

Login = tuple[Inquiry, Evidence, datetime]
NOON = datetime(2019, 3, 1, 17, tzinfo=UTC)


class Oracle:
    """The shipped rulebook, everything there is to ask of it, and its answers."""

    def __init__(self) -> None:
        self.court = court_of(shipped())
        self.book = self.court.book
        noting = NotingJudge(self.book)
        self._logins = [*_elsewhere(self.book), *_played(Court(self.book, noting))]
        self.noted = noting.noted.questions
        self._near: dict[str, set[Question]] = {}
        self._probes = probes(self.book)
        self._measured = list(self._measure(self.court))

    def difference(self, book: Rulebook) -> str:
        """Something that *book* answers otherwise; '' when nothing was found."""
        return next(self._by_rows(book), "") or next(self._by_measures(book), "")

    def _by_rows(self, book: Rulebook) -> Iterator[str]:
        for action, rules in book.rules.items():
            if _cells(book, action) != _cells(self.book, action):
                judge = self.court.judge.with_rules(action, rules)
                for question in self._asked(action):
                    before, after = (_said(j, question) for j in (self.court.judge, judge))
                    if before != after:
                        yield f"{question}: {before}, now {after}"

    def _by_measures(self, book: Rulebook) -> Iterator[str]:
        if _measures(book) != _measures(self.book):
            measured = self._measure(Court(book, Judge(book)))
            for before, after in zip_longest(self._measured, measured):
                if before != after:
                    yield f"{before}, now {after}"

    def _measure(self, court: Court) -> Iterator[Any]:
        """What *court* says where facts are measured anew."""
        yield from answers(court, self._probes)
        yield from (_said(court.judge, each) for each in questions(court.book))
        yield from (_decided(court, *login) for login in self._logins)

    def _asked(self, action: str) -> set[Question]:
        """Every question of *action*: as it was noted or made, and near that."""
        if action not in self._near:
            made = (q for q in questions(self.book) if possible(self.book, *q))
            about = {facts for each, facts in (*self.noted, *made) if each == action}
            nearby = Nearby(self.book, action)
            self._near[action] = {(action, near) for facts in about for near in nearby.of(facts)}
        return self._near[action]


def _elsewhere(book: Rulebook) -> Iterator[Login]:
    """Somebody asks for each system that is no entry."""
    for system in sorted(book.catalogue.outside | book.catalogue.test_environments):
        yield Inquiry(user_id="M10001", system=system), Evidence(None), NOON


def _played(court: Court) -> Iterator[Login]:
    """Play every shipped scenario; afterwards everybody stands before every door."""
    findings, folder = Findings(), POLICIES / "scenarios"
    files = sorted(folder.glob("*.yaml"))
    zone = court.book.calendar.zone
    scenarios = [s for file in files for s in read_scenarios(file, zone, findings)]
    runner = Runner(shipped(), court, scenarios[0])
    for scenario in scenarios:
        assert runner.play(scenario) is None, scenario.name
        yield from _before_every_door(runner, scenario, court)


def _before_every_door(runner: Runner, scenario: Scenario, court: Court) -> Iterator[Login]:
    with runner._engine.begin() as connection:
        for person_id in scenario.given["people"]:
            evidence = gather(connection, person_id).evidence
            for entry in court.book.catalogue.entries:
                inquiry = Inquiry(user_id=person_id, entry=entry)
                yield inquiry, evidence, scenario.steps[-1].as_of


def _cells(book: Rulebook, action: str) -> list[list[str]]:
    return [rule.cells for rule in book.rules[action]]


def _measures(book: Rulebook) -> Any:
    """What facts, and the properties refused beside an answer, are made by."""
    marks = {c: (r.self_service, r.unseen, r.locked) for c, r in book.reasons.by_code.items()}
    return book.calendar, book.catalogue, marks


def _said(judge: Judge, question: Question) -> Any:
    decision = judge(*question)
    return decision.allowed, decision.reason, frozenset(decision.codes)


def _decided(court: Court, inquiry: Inquiry, evidence: Evidence, as_of: datetime) -> Any:
    try:
        outcome = decide(inquiry, evidence, court, as_of)
    except LookupError:
        return "no decision"
    decision = outcome.decision
    codes = frozenset(decision.codes)
    return decision.allowed, decision.reason, codes, outcome.refused, outcome.options
