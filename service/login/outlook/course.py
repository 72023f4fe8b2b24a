"""The course of one person's entries from a day on, if nothing is done: no login, no request."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from service.core.decision import Decision
from service.core.login_facts import LoginFacts
from service.core.measure import nobody_at
from service.core.turning import Turning
from service.login.decide import Evidence, measured
from service.login.impact.remembering import Remembered
from service.policy.active import Court

_ACTION = "login"


@dataclass(frozen=True, slots=True)
class Turn:
    """From *day* on an entry is decided so; *facts*: what the rules saw on that day."""

    day: str
    decision: Decision
    facts: LoginFacts


@dataclass(frozen=True, slots=True)
class Course:
    """How *entry* is decided from the first day on: that day's turn, then each change."""

    entry: str
    turns: tuple[Turn, ...]

    @property
    def lock(self) -> Turn | None:
        """The turn from which the entry is locked first; None when it stays open."""
        return next((each for each in self.turns if not each.decision.allowed), None)


class Courses:
    """Finds courses by one rulebook; the answers are those of the gate, on the days that count."""

    def __init__(self, court: Court) -> None:
        self._court, self._turning = court, Turning(court.book)
        self._judged = Remembered(court.book.rules[_ACTION], partial(court.judge, _ACTION))

    def of(self, evidence: Evidence, first: str, last: str) -> list[Course]:
        """The course of every entry from *first* up to and with *last*."""
        found: dict[str, list[Turn]] = {}
        for turn in self._on(evidence, self._days(evidence, first, last)):
            turns = found.setdefault(turn.facts.entry, [])
            if not turns or _differ(turns[-1].decision, turn.decision):
                turns.append(turn)
        return [Course(entry, tuple(turns)) for entry, turns in found.items()]

    def _days(self, evidence: Evidence, first: str, last: str) -> list[str]:
        if evidence.standing is None:
            return [first]
        return self._turning.days(evidence.standing, evidence.last_activity_on, first, last)

    def _on(self, evidence: Evidence, days: list[str]) -> Iterator[Turn]:
        """Every entry on each of *days*."""
        for day in days:
            person = measured(evidence, self._court, day)
            for entry in self._court.book.catalogue.entries:
                facts = person.at(entry) if person else nobody_at(entry, day)
                yield Turn(day, self._judged(facts), facts)


@lru_cache(maxsize=4)
def courses_by(court: Court) -> Courses:
    """Who finds courses by the rulebook of *court*, made once."""
    return Courses(court)


def _differ(one: Decision, other: Decision) -> bool:
    return one is not other and one.codes != other.codes
