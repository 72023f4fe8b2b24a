"""Days counted: between two days, in years, and the windows that have opened by one."""

from datetime import date
from functools import lru_cache

from service.core.calendar import Calendar
from service.core.login_facts import Window

#: People share most of their days, and all of their windows: what is measured of so many is kept.
_REMEMBERED = 20_000


@lru_cache(maxsize=_REMEMBERED)
def days_between(earlier: str, later: str) -> int:
    """Calendar days from *earlier* to *later*; 0 when either is unknown or the order is wrong."""
    if not earlier or earlier >= later:
        return 0
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


@lru_cache(maxsize=_REMEMBERED)
def years_between(earlier: str, later: str) -> int:
    """Whole calendar years from *earlier* to *later*; 29 February completes a year on 1 March."""
    if not earlier or earlier >= later:
        return 0
    then, now = date.fromisoformat(earlier), date.fromisoformat(later)
    return now.year - then.year - ((now.month, now.day) < (then.month, then.day))


@lru_cache(maxsize=_REMEMBERED)
def window_on(calendar: Calendar, population: str, today: str) -> Window:
    """The windows of *population* that have opened by *today*; the same for all its people."""
    opened = calendar.opened(population, today)
    closed = [each.opens for each in opened if each.closes < today]
    return Window(
        first_opens_on=opened[0].opens if opened else "",
        closed_opens_on=max(closed, default=""),
        open=calendar.is_open(population, today),
    )
