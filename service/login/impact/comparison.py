"""Comparing what two courts say of the same evidence: the answers are those of `decide`."""

from collections.abc import Iterator
from datetime import datetime

from service.core.measure import Person
from service.login.decide import Evidence, measured, refused_properties
from service.login.impact.change import (
    NO_SUCH_ENTRY,
    Change,
    answer_of,
    properties_changed,
)
from service.login.impact.remembering import Pair, Remembering
from service.policy.active import Court
from service.policy.situation import Answer

#: A day by the calendar before, and by the one after.
Days = tuple[str, str]


class Comparison:
    """Finds what changes for a person from one court to another, at every entry of either."""

    def __init__(self, before: Court, after: Court) -> None:
        """Find out once what both have in common."""
        one, other = before.book, after.book
        self.courts = before, after
        self._pair = Pair(before, after)
        self._each = [Remembering([each.judge], each.book.rules["login"]) for each in self.courts]
        self._entries = tuple({**one.catalogue.entries, **other.catalogue.entries})
        rows = [[rule.cells for rule in book.rules["open_property"]] for book in (one, other)]
        measured_alike = (one.calendar, one.catalogue) == (other.calendar, other.catalogue)
        self._only_by_rows = measured_alike and rows[0] == rows[1]

    def days(self, as_of: datetime) -> Days:
        """The day of the instant *as_of*."""
        before, after = (court.book.calendar.day_of(as_of) for court in self.courts)
        return before, after

    def changes(self, evidence: Evidence, days: Days) -> Iterator[Change]:
        """What changes for the person of *evidence* on *days*; for nobody, nothing.

        Where only rows of login.csv differ, the facts are measured once, and as long as no row
        that one of the two lacks speaks of them, no answer can differ either.
        """
        person = measured(evidence, self.courts[0], days[0])
        if person is None:
            return
        if not self._only_by_rows:
            yield from self._whole(evidence, person, days)
        elif self._pair.asks_for_the_entry or self._pair.touches(person.at(self._entries[0])):
            yield from filter(None, (self._by_rows(person, entry) for entry in self._entries))

    def _by_rows(self, person: Person, entry: str) -> Change | None:
        facts = person.at(entry)
        if not self._pair.touches(facts):
            return None
        before, after = map(answer_of, self._pair(facts))
        return Change(entry, before, after) if before != after else None

    def _whole(self, evidence: Evidence, person: Person, days: Days) -> Iterator[Change]:
        """Each answer of both courts with the properties it refuses."""
        other = measured(evidence, self.courts[1], days[1])
        assert other is not None, "known to one court and not to the other"
        for entry in self._entries:
            before, refused_before = self._outcome(0, person, entry)
            after, refused_after = self._outcome(1, other, entry)
            change = Change(entry, before, after)
            if before.allowed and after.allowed:
                properties = properties_changed(refused_before, refused_after)
                change = Change(entry, before, after, properties)
            if change:
                yield change

    def _outcome(
        self, which: int, person: Person, entry: str
    ) -> tuple[Answer, tuple[tuple[int, str], ...]]:
        """What one court answers; of whoever comes in, with every property refused."""
        court = self.courts[which]
        if entry not in court.book.catalogue.entries:
            return NO_SUCH_ENTRY, ()
        facts = person.at(entry)
        (whole,) = self._each[which](facts)
        refused = refused_properties(whole, person, facts, court) if whole.allowed else ()
        return answer_of(whole), refused
