"""Loading the demo world, or a nation like it, into an empty database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from models.access import PropertyAssignment, Staff
from models.people import Person
from models.staging import TABLES, clear_for_many, count_up
from service.core.calendar import CALENDAR_FILE, Calendar
from service.core.inquiry import Inquiry
from service.core.rulebook import Rulebook
from service.feed.importing import Progress
from service.feed.nation import Nation, Rows
from service.feed.world import World, read_ground, window_population
from service.ledger.entries import Entry, append
from service.login.consider import consider
from service.login.gather import active_court
from service.people.staged import stage_each
from service.people.wass import Spoken, speak, speak_staged
from service.policy.active import Court, Courts
from service.policy.revisions import Hand, active_digest, install, stored_texts

_TOLD_EVERY = 5_000
_ASKED_ABOUT = 2_000  # of the people with properties, when guests are looked for
_REACHES = 20  # days an invented window reaches before and after the day of loading


class NotEmptyError(Exception):
    """The database holds people already."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The world that was loaded, on which day, and whether a window had to be invented for it."""

    today: str
    spoken: Spoken
    invented_window: bool


def has_people(connection: Connection) -> bool:
    """Whether anybody is known."""
    return connection.execute(select(Person.id).limit(1)).first() is not None


def load_demo(
    connection: Connection, *, courts: Courts, as_of: datetime, progress: Callable[[str], None]
) -> Loaded:
    """Fill an empty database with the demo world; raises NotEmptyError when it is not."""
    book, today, invented = _begin(connection, courts, as_of)
    extract = World(read_ground(), book.calendar, book.catalogue, today).extract()
    spoken = speak(connection, extract, day=today, catalogue=book.catalogue, progress=progress)
    return _enter(connection, Loaded(today, spoken, invented), as_of)


def load_nation(
    connection: Connection,
    people: int,
    *,
    seed: int,
    courts: Courts,
    as_of: datetime,
    progress: Progress,
) -> Loaded:
    """Fill an empty database with a nation of so many *people*; raises NotEmptyError."""
    book, today, invented = _begin(connection, courts, as_of)
    nation = Nation(
        people,
        read_ground(),
        calendar=book.calendar,
        catalogue=book.catalogue,
        today=today,
        seed=seed,
    )
    clear_for_many(connection)
    stage_each(connection, [nation.grounds()])
    stage_each(connection, _heard(nation, progress))
    count_up(connection)
    spoken = speak_staged(
        connection,
        frozenset(TABLES),
        day=today,
        catalogue=book.catalogue,
        progress=progress.write,
    )
    return _enter(connection, Loaded(today, spoken, invented), as_of)


def _heard(nation: Nation, progress: Progress) -> Iterator[Rows]:
    for done, said in enumerate(nation.people(), 1):
        yield said
        if done % _TOLD_EVERY == 0:
            progress.read("people", _TOLD_EVERY)


def _begin(connection: Connection, courts: Courts, as_of: datetime) -> tuple[Rulebook, str, bool]:
    """The rulebook to live under, the day, and whether a window had to be invented."""
    if has_people(connection):
        raise NotEmptyError(
            "the database holds people already; the demo world is for an empty one"
        )
    court = active_court(connection, courts)
    today = court.book.calendar.day_of(as_of)
    invented = not _any_open(court.book.calendar, today)
    if invented:
        court = _with_invented_window(connection, court, courts, as_of)
    return court.book, today, invented


def _enter(connection: Connection, loaded: Loaded, as_of: datetime) -> Loaded:
    said = {
        "day": loaded.today,
        "people": loaded.spoken.changes["people"].added,
        "invented_window": loaded.invented_window,
    }
    append(connection, Entry(kind="demo_load", as_of=as_of, outcome="done", said=said))
    return loaded


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to try the gate with, and what it would say today."""

    user_id: str
    entry: str
    decision: str
    reason: str


def find_guests(connection: Connection, *, courts: Courts, as_of: datetime) -> list[Guest]:
    """Somebody with a property who would come in today, and one example of each other reason."""
    entry = active_court(connection, courts).book.catalogue.menu_entry
    guests: dict[str, Guest] = {}
    having = select(PropertyAssignment.person_id).distinct().order_by(PropertyAssignment.person_id)
    for user_id in connection.scalars(having.limit(_ASKED_ABOUT)):
        inquiry = Inquiry(user_id=user_id, entry=entry)
        decision = consider(connection, inquiry, courts=courts, as_of=as_of).outcome.decision
        word = "allow" if decision.allowed else "lock"
        guests.setdefault(decision.reason, Guest(user_id, entry, word, decision.reason))
    return sorted(guests.values(), key=lambda guest: (guest.decision, guest.user_id))


def find_host(connection: Connection, *, courts: Courts, as_of: datetime) -> str:
    """The coordinator with the most staff who may use the subsystem today; '' for none."""
    entry = active_court(connection, courts).book.catalogue.menu_entry
    staffed = select(Staff.coordinator_id).group_by(Staff.coordinator_id)
    for user_id in connection.scalars(staffed.order_by(func.count().desc(), Staff.coordinator_id)):
        inquiry = Inquiry(user_id=user_id, entry=entry)
        if consider(connection, inquiry, courts=courts, as_of=as_of).outcome.options:
            return user_id
    return ""


def _any_open(calendar: Calendar, today: str) -> bool:
    return any(w.opens <= today <= w.closes for each in calendar.windows.values() for w in each)


def _with_invented_window(
    connection: Connection, court: Court, courts: Courts, as_of: datetime
) -> Court:
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
