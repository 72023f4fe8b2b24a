"""The course of one person's entries from a day on, if nothing is done: no login, no request."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from service.core.decision import Decision
from service.core.nobody import nobody_at
from service.core.turning import Turning
from service.login.decide import Evidence, measured
from service.login.outlook.everywhere import Said, everywhere
from service.policy.active import Court

_ACTION = "login"


@dataclass(frozen=True, slots=True)
class Turn:
    """From *day* on an entry is decided so."""

    day: str
    decision: Decision


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
        self._everywhere = everywhere(court)

    def of(self, evidence: Evidence, first: str, last: str) -> list[Course]:
        """The course of every entry from *first* up to and with *last*."""
        entries = self._court.book.catalogue.entries
        found: list[list[Turn]] = [[] for _ in entries]
        before: Said | None = None
        for day, said in self._days(evidence, first, last):
            if said is not before:
                for turns, decision in zip(found, said, strict=True):
                    if not turns or turns[-1].decision.codes != decision.codes:
                        turns.append(Turn(day, decision))
            before = said
        return [Course(entry, tuple(t)) for entry, t in zip(entries, found, strict=True)]

    def locks(self, evidence: Evidence, first: str, last: str) -> dict[str, Turn]:
        """Of every entry that is locked up to *last*, the turn from which it is locked first."""
        entries = self._court.book.catalogue.entries
        found: dict[str, Turn] = {}
        for day, said in self._days(evidence, first, last):
            for entry, decision in zip(entries, said, strict=True):
                if not decision.allowed and entry not in found:
                    found[entry] = Turn(day, decision)
            if len(found) == len(entries):
                break
        return found

    def _days(self, evidence: Evidence, first: str, last: str) -> Iterator[tuple[str, Said]]:
        """What is said at every entry, on each day that counts."""
        standing = evidence.standing
        if standing is None:
            entries = self._court.book.catalogue.entries
            yield first, tuple(self._court.judge(_ACTION, nobody_at(e, first)) for e in entries)
            return
        for day in self._turning.days(standing, evidence.last_activity_on, first, last):
            person = measured(evidence, self._court, day)
            assert person is not None
            yield day, self._everywhere(person)


@lru_cache(maxsize=4)
def courses_by(court: Court) -> Courses:
    """Who finds courses by the rulebook of *court*, made once."""
    return Courses(court)
