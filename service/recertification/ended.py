"""What ends with a certification window, measured and judged as of the day after. Pure.

It is the gate that ends things, by itself, on that day: here it is only told what ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from service.core.acting import Named, target_of
from service.core.calendar import Calendar, CertificationWindow
from service.core.call import Call
from service.core.measure import Person
from service.core.removal import Removals, removals
from service.policy.active import Court
from service.recertification.counting import counts
from service.recertification.decide import login_reasons

WHOLE = "whole"
_BY_ANYBODY = Call(action="certify", actor_id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What ended for so many *people*, in the order of their IDs, of whom *through* is the last.

    *removed*: [person, role, WHOLE or the properties it is gone for]; *closed_out*: [person,
    by whom the request was made, on which day].
    """

    people: int = 0
    through: str = ""
    removed: list[Any] = field(default_factory=list)
    closed_out: list[Any] = field(default_factory=list)
    uncertified: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How much of each."""
        lists = ("removed", "closed_out", "uncertified")
        return {"people": self.people, **{name: len(getattr(self, name)) for name in lists}}


def ended_for(
    people: Sequence[Person], window: CertificationWindow, closed_out: list[Any], court: Court
) -> Ended:
    """What ended with *window* for *people*, measured as of the day it matures."""
    return Ended(
        people=len(people),
        through=people[-1].standing.person_id if people else "",
        removed=[each for person in people for each in removed(person, window)],
        closed_out=closed_out,
        uncertified=[
            person.standing.person_id for person in people if uncertified(person, window, court)
        ],
    )


def together(parts: Iterable[Ended]) -> Ended:
    """All of the *parts*, which follow each other, as one."""
    whole = list(parts)
    return Ended(
        people=sum(each.people for each in whole),
        through=next((each.through for each in reversed(whole) if each.through), ""),
        removed=[row for each in whole for row in each.removed],
        closed_out=[row for each in whole for row in each.closed_out],
        uncertified=[row for each in whole for row in each.uncertified],
    )


def last_closed(calendar: Calendar, today: str) -> list[tuple[str, CertificationWindow]]:
    """Of each population, the latest window whose last day has passed."""
    closed = {
        population: window
        for population in sorted(calendar.windows)
        for window in calendar.opened(population, today)
        if window.closes < today
    }
    return list(closed.items())


def open_before(calendar: Calendar, today: str) -> str:
    """Requests made before this day are old enough *today* to be closed out."""
    return (date.fromisoformat(today) - timedelta(days=calendar.close_out_after)).isoformat()


def removed(person: Person, window: CertificationWindow) -> list[list[Any]]:
    """What of *person* the flags of *window* took that no earlier window had taken."""
    before, after = _taken_by(person, window.closes), _taken_by(person, window.matures_on)
    rows: list[list[Any]] = []
    for code in sorted(after.properties.keys() - before.whole):
        gone = after.properties[code] - before.properties.get(code, frozenset())
        own = sorted(gone & person.properties)
        if code in after.whole or own:
            rows.append([person.standing.person_id, code, WHOLE if code in after.whole else own])
    return rows


def _taken_by(person: Person, day: str) -> Removals:
    return removals(person.standing, person.properties, person.calendar, person.catalogue, day)


def uncertified(person: Person, window: CertificationWindow, court: Court) -> bool:
    """Whether a request would count for want of one; who came later has missed nothing."""
    if person.standing.terminated or person.standing.created_on > window.closes:
        return False
    covered = person.properties if person.property_scope else frozenset()
    named = Named(
        person, login_reasons(person, court), assigned=True, shares_property=bool(covered)
    )
    shut = replace(person.window, open=False)  # the next window may open at once
    return counts(person, target_of(named, _BY_ANYBODY), shut, covered, court).allowed
