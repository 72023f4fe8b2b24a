"""Comparing what two rulebooks say of the same evidence: the answers are those of `decide`."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from service.core.decision import Decision
from service.core.judge import Judge
from service.core.login_facts import LoginFacts
from service.core.measure import Person
from service.core.rulebook import Rulebook
from service.login.decide import Evidence, measured, refused_properties
from service.login.impact.change import NO_SUCH_ENTRY, Change, Said, change_of, said
from service.login.impact.lacking import Lacking
from service.login.remembering import both
from service.policy.active import Court
from service.policy.situation import Answer

#: Said where both say the same, whatever that is.
UNSAID = Said(Answer(allowed=False, reason=""))
#: A day by the calendar before, and by the one after.
Days = tuple[str, str]


class Comparison:
    """Finds what changes for a person from one rulebook to another, at every entry of either."""

    def __init__(self, before: Rulebook, after: Rulebook) -> None:
        """Compile both, and find out once what they have in common."""
        self.before, self.after = (Court(book, Judge(book)) for book in (before, after))
        self._entries = tuple({**before.catalogue.entries, **after.catalogue.entries})
        alike = (before.calendar, before.catalogue) == (after.calendar, after.catalogue)
        self._lacking = Lacking(before, after) if alike else None
        self._both = both("login", before, after)
        rows = [[rule.cells for rule in book.rules["open_property"]] for book in (before, after)]
        self._wherever = () if rows[0] == rows[1] else (before.catalogue.menu_entry,)

    def days(self, as_of: datetime) -> Days:
        """The day of the instant *as_of*."""
        return self.before.book.calendar.day_of(as_of), self.after.book.calendar.day_of(as_of)

    def changes(self, evidence: Evidence, days: Days) -> Iterator[Change]:
        """What changes for the person of *evidence* on *days*; for nobody, nothing."""
        one = other = measured(evidence, self.before, days[0])
        if self._lacking is None:
            other = measured(evidence, self.after, days[1])
        if one is None or other is None:
            return
        for entry in self._entries_for(one):
            if other is one:
                said = self._of_one(one, one.at(entry))
            else:
                said = _judged(one, entry, self.before), _judged(other, entry, self.after)
            if change := change_of(entry, *said):
                yield change

    def _of_one(self, person: Person, facts: LoginFacts) -> tuple[Said, Said]:
        """What both say of *facts*, which are the same by either rulebook."""
        one, other = self._both(facts)
        if one == other and not self._wherever:
            return UNSAID, UNSAID
        return _said(one, person, facts, self.before), _said(other, person, facts, self.after)

    def _entries_for(self, person: Person) -> Iterable[str]:
        """The entries at which anything may change for *person*.

        With the same calendar and catalogue: where a row of logins speaks that one of the two
        lacks, and, should the rows of properties not be the same, where properties are named.
        """
        if self._lacking is None:
            return self._entries
        return dict.fromkeys((*self._lacking.speak_at(person), *self._wherever))


def _judged(person: Person, entry: str, court: Court) -> Said:
    if entry not in court.book.catalogue.entries:
        return NO_SUCH_ENTRY
    facts = person.at(entry)
    return _said(court.judge("login", facts), person, facts, court)


def _said(whole: Decision, person: Person, facts: LoginFacts, court: Court) -> Said:
    return said(whole, refused_properties(whole, person, facts, court) if whole.allowed else ())
