"""Loading the demo world, or a nation like it, into an empty database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.people import Person
from models.staging import TABLES, clear_for_many, count_up
from service.core.rulebook import Rulebook
from service.feed.importing import Progress
from service.feed.nation import Nation, Rows
from service.feed.window import any_open, with_invented_window
from service.feed.world import World, read_ground
from service.ledger.entries import Entry, append
from service.login.gather import active_court
from service.people.staged import stage_each
from service.people.wass import Spoken, speak, speak_staged
from service.policy.active import Courts

_TOLD_EVERY = 5_000


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
    invented = not any_open(court.book.calendar, today)
    if invented:
        court = with_invented_window(connection, court, courts, as_of)
    return court.book, today, invented


def _enter(connection: Connection, loaded: Loaded, as_of: datetime) -> Loaded:
    said = {
        "day": loaded.today,
        "people": loaded.spoken.changes["people"].added,
        "invented_window": loaded.invented_window,
    }
    append(connection, Entry(kind="demo_load", as_of=as_of, outcome="done", said=said))
    return loaded
