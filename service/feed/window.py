"""A certification window invented for the demo, where today is in none of HUD's."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from service.core.calendar import CALENDAR_FILE, Calendar
from service.feed.world import window_population
from service.login.gather import active_court
from service.policy.active import Court, Courts
from service.policy.revisions import Hand, active_digest, install, stored_texts

_REACHES = 20  # days an invented window reaches before and after the day of loading


def any_open(calendar: Calendar, today: str) -> bool:
    """Whether *today* is in a window of anybody."""
    return any(w.opens <= today <= w.closes for each in calendar.windows.values() for w in each)


def with_invented_window(
    connection: Connection, court: Court, courts: Courts, as_of: datetime
) -> Court:
    """The court of a revision like that of *court*, active now, with a window around today."""
    texts = stored_texts(connection, active_digest(connection))
    assert texts is not None
    calendar = court.book.calendar
    added = _invented(calendar, window_population(court.book.catalogue), calendar.day_of(as_of))
    changed = texts[CALENDAR_FILE].decode().removesuffix("...\n") + added + "...\n"
    note = "A certification window invented for the demo"
    hand = Hand(by="gatehouse demo", note=note, as_of=as_of)
    install(connection, {**texts, CALENDAR_FILE: changed.encode()}, hand)
    return active_court(connection, courts)


def _invented(calendar: Calendar, population: str, today: str) -> str:
    """The lines of a window around *today* that no other one of *population* overlaps."""
    day, reach = date.fromisoformat(today), timedelta(days=_REACHES)
    opens = max([date(day.year, 1, 1), day - reach, *_after_the_last(calendar, population, today)])
    upcoming = [w.opens for w in calendar.windows.get(population, ()) if w.opens > today]
    closes = min([day + reach, *(date.fromisoformat(o) - timedelta(days=1) for o in upcoming)])
    return (
        f"  - population: {population}\n    year: {opens.year}\n"
        f"    opens: {opens}\n    closes: {closes}\n"
        "    note: Invented for the demo; no window of HUD's.\n"
        "    authority: Invented for the demo\n"
    )


def _after_the_last(calendar: Calendar, population: str, today: str) -> list[date]:
    past = [w.matures_on for w in calendar.opened(population, today)]
    return [date.fromisoformat(day) for day in past]
