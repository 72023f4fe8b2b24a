"""The window the evidence is of, and the people it was for."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from models.batches import in_order
from models.people import Person as PersonRow
from models.people import Standing
from models.types import AnySelect
from service.core.calendar import Calendar, CertificationWindow
from service.core.measure import Person
from service.login.asked import BadlyAskedError
from service.login.decide import measured
from service.login.everybody import KNOWN, evidence_in
from service.policy.active import Court

_YEAR = len("YYYY")


@dataclass(frozen=True, slots=True)
class Of:
    """A window that has opened; *until*: the last day before another one counts instead.

    That is the last day of the next one; '' where none is announced.
    """

    population: str
    window: CertificationWindow
    until: str

    @property
    def name(self) -> str:
        """What the window is called: the population it is for and its first day."""
        return f"{self.population}-{self.window.opens}"

    @property
    def names(self) -> frozenset[str]:
        """Everything it may be called."""
        opens = self.window.opens
        return frozenset({self.name, opens, f"{self.population}-{opens[:_YEAR]}"})


def window_named(name: str, calendar: Calendar, today: str) -> Of:
    """The window that *name* means; raises BadlyAskedError when it is none or several."""
    opened = [
        Of(population, each, _next_closes(calendar, population, each))
        for population in sorted(calendar.windows)
        for each in calendar.opened(population, today)
    ]
    found = [each for each in opened if name in each.names]
    if len(found) != 1:
        known = ", ".join(each.name for each in opened)
        raise BadlyAskedError({"--evidence": [f"expected one window that has opened: {known}"]})
    return found[0]


def everybody(connection: Connection, of: Of, court: Court) -> Iterator[Person]:
    """Whoever the window was for, measured as of the day it matures, by what is known now."""
    rows = in_order(connection, _theirs(KNOWN, of, court), Standing.person_id)
    for _, evidence in evidence_in(rows):
        person = measured(evidence, court, of.window.matures_on)
        assert person is not None
        yield person


def how_many(connection: Connection, of: Of, court: Court) -> int:
    """How many people the window was for."""
    counted = _theirs(select(func.count()).select_from(Standing), of, court)
    return int(connection.execute(counted).scalar_one())


def _theirs(query: AnySelect, of: Of, court: Court) -> AnySelect:
    populations = court.book.catalogue.populations
    codes = sorted(c for c, each in populations.items() if each.windows == of.population)
    joined = query.join(PersonRow, PersonRow.id == Standing.person_id)
    return joined.where(PersonRow.population.in_(codes))


def _next_closes(calendar: Calendar, population: str, window: CertificationWindow) -> str:
    later = (e.closes for e in calendar.windows[population] if e.opens > window.opens)
    return min(later, default="")
