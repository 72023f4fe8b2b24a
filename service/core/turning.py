"""The days on which what login rules say of a person may change although nothing is done.

Found from the rules themselves: where a fact that grows with the day reaches a number some row
compares it with, where a day comes that some row or the evidence names, where a window opens or
closes. From each such day to the next every atom of every row stays as it is.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from service.core.calendar import Calendar
from service.core.conditions import Atom, atoms
from service.core.rulebook import Rulebook
from service.core.standing import Standing

_ACTION, _TODAY = "login", "today"
_LEAP_DAY = (2, 29)
#: By its mark, how far behind its constant a comparison with something that grows turns.
_TURNS = {">=": (0,), "<": (0,), ">": (1,), "<=": (1,), "==": (0, 1), "!=": (0, 1)}


def _idle_from(standing: Standing, last_activity_on: str, calendar: Calendar) -> Iterable[str]:
    """The later of activity and unlock, and the activity alone until an unlock to come."""
    began = max(standing.created_on, calendar.tracking_began_on)
    used = max(last_activity_on, standing.unlocked_on)
    return {last_activity_on or began, used or began}


def _accepted(standing: Standing, _: str, __: Calendar) -> Iterable[str]:
    return (standing.rob_accepted_on,)


def days_after(day: date, many: int) -> date:
    """The day on which *many* calendar days have passed since *day*."""
    return day + timedelta(days=many)


def years_after(day: date, many: int) -> date:
    """The day on which *many* calendar years have passed; 29 February completes one on 1 March."""
    if (day.month, day.day) == _LEAP_DAY:
        return date(day.year + many, 3, 1)
    return day.replace(year=day.year + many)


_From = Callable[[Standing, str, Calendar], Iterable[str]]
#: The counts that grow with the day: the days each may be counted from, when a number is reached.
GROWING: dict[str, tuple[_From, Callable[[date, int], date]]] = {
    "user.days_idle": (_idle_from, days_after),
    "user.rob_years": (_accepted, years_after),
}


class Turning:
    """Finds those days by the login rules and the calendar of one rulebook."""

    def __init__(self, book: Rulebook) -> None:
        asked = {atom for rule in book.rules[_ACTION] for atom in atoms(rule.condition)}
        self._calendar = book.calendar
        self._numbers = {fact: sorted(_numbers(fact, asked)) for fact in GROWING}
        self._daily = any(_grows_beside_another(atom) for atom in asked)
        self._beside_today = any(atom.other_fact and _TODAY in _facts(atom) for atom in asked)
        named = {day for atom in asked for day in _days(atom)}
        self._known = {
            name: named.union(_opening_and_closing(book.calendar, each.windows))
            for name, each in book.catalogue.populations.items()
        }

    def days(self, standing: Standing, last_activity_on: str, first: str, last: str) -> list[str]:
        """*first*, and those after it up to and with *last*, in order."""
        if self._daily:
            return list(_every(first, last))
        told = {*_told(standing, last_activity_on)}
        if self._beside_today:
            told |= {_next(day) for day in told if day}
        told.update(self._known[standing.population], self._counted(standing, last_activity_on))
        return sorted({first, *(day for day in told if first < day <= last)})

    def _counted(self, standing: Standing, last_activity_on: str) -> Iterator[str]:
        """The days on which a growing count reaches a number that some row asks for."""
        for fact, (counted_from, reached) in GROWING.items():
            for day in filter(None, counted_from(standing, last_activity_on, self._calendar)):
                since = date.fromisoformat(day)
                yield from (_reached(reached, since, number) for number in self._numbers[fact])


def _reached(reached: Callable[[date, int], date], since: date, number: int) -> str:
    """The day on which *number* is reached; '' when that is beyond every calendar."""
    try:
        return reached(since, number).isoformat()
    except (OverflowError, ValueError):
        return ""


def _numbers(fact: str, asked: Iterable[Atom]) -> set[int]:
    """The numbers at which a comparison of *asked* turns once *fact* has reached them."""
    compared = [(a.compare, a.constant) for a in asked if a.fact == fact]
    return {n + more for mark, n in compared if isinstance(n, int) for more in _TURNS[mark]}


def _days(atom: Atom) -> Iterator[str]:
    """The days on which a comparison of today with a constant turns."""
    if atom.fact == _TODAY and isinstance(atom.constant, str):
        yield from (
            _next(atom.constant) if more else atom.constant for more in _TURNS[atom.compare]
        )


def _facts(atom: Atom) -> set[str]:
    return {atom.fact, atom.other_fact}


def _grows_beside_another(atom: Atom) -> bool:
    """Whether a growing count is compared with another fact: only a look at every day finds it."""
    return bool(atom.other_fact) and not GROWING.keys().isdisjoint(_facts(atom))


def _told(standing: Standing, last_activity_on: str) -> Iterator[str]:
    """Every day the evidence names."""
    yield from (standing.created_on, standing.wass_spoke_on, standing.wass_last_access_on)
    yield from (standing.password_changed_on, standing.rob_accepted_on, standing.unlocked_on)
    yield last_activity_on
    for role in standing.roles:
        yield from (role.assigned_on, role.ended_on)
    yield from (request.on for request in standing.requests)
    yield from (flag.on for flag in standing.flags)


def _opening_and_closing(calendar: Calendar, windows: str) -> Iterator[str]:
    for window in calendar.windows.get(windows, ()):
        yield from (window.opens, window.matures_on)


@lru_cache(maxsize=20_000)
def _next(day: str) -> str:
    return days_after(date.fromisoformat(day), 1).isoformat()


def _every(first: str, last: str) -> Iterator[str]:
    while first <= last:
        yield first
        first = _next(first)
