"""Closing a certification window: what ended with it, one batch of people at a time.

A batch is looked at in a transaction that only reads, and recorded in a short one that writes,
unless somebody else has recorded those people meanwhile. So no login ever waits for the looking,
nor any change of a person; the standing of each is what one statement read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from models.certification import CertificationRequest as Request
from models.gate import Activity
from models.people import Person as PersonRow
from models.people import Standing
from service.core.measure import Person
from service.core.standing import from_plain
from service.login.decide import Evidence, measured
from service.login.gather import active_court
from service.policy.active import Court, Courts
from service.recertification.ended import Ended, ended_for, last_closed, open_before
from service.recertification.recorded import Closing, Record, finish, hold, keep, recorded

#: So many people are recorded in one entry.
BATCH = 500
_EVIDENCE = (
    select(Standing.document, Activity.last_on)
    .join(PersonRow, PersonRow.id == Standing.person_id)
    .outerjoin(Activity, Activity.person_id == Standing.person_id)
    .order_by(Standing.person_id)
)
_REQUEST = (Request.person_id, Request.coordinator_id, Request.requested_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was seen of the people behind the ID *after*, by which rulebook and when."""

    after: str
    ids: Sequence[str]
    ended: Ended
    court: Court
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a closing has come, whoever brought it there."""

    through: str
    people: int
    finished: bool = False


def closings(connection: Connection, *, courts: Courts, as_of: datetime) -> list[Closing]:
    """The latest window of each population that has closed by *as_of*, recorded or not."""
    calendar = active_court(connection, courts).book.calendar
    closed = last_closed(calendar, calendar.day_of(as_of))
    return [recorded(connection, population, window) for population, window in closed]


def how_many(connection: Connection, closing: Closing, *, courts: Courts) -> int:
    """How many people the window was for."""
    theirs = _theirs(closing, active_court(connection, courts))
    return connection.scalar(select(func.count()).select_from(PersonRow).where(theirs)) or 0


def look(
    connection: Connection,
    closing: Closing,
    after: str,
    *,
    courts: Courts,
    as_of: datetime,
    size: int = BATCH,
) -> Looked:
    """See what ended for the next people behind the ID *after*; changes nothing."""
    court = active_court(connection, courts)
    people = _next_people(connection, closing, after, court, size)
    ids = [each.standing.person_id for each in people]
    old = select(*_REQUEST).where(_old_requests(ids, court, as_of))
    requests = sorted(map(list, connection.execute(old)))
    ended = ended_for(people, closing.window, requests, court)
    return Looked(after=after, ids=ids, ended=ended, court=court, as_of=as_of)


def record(connection: Connection, closing: Closing, looked: Looked) -> Reached:
    """Record what was *looked* at, in the transaction of *connection*; how far that brought it.

    Nothing is recorded when somebody else has been there meanwhile. Nobody to record finishes it.
    """
    row = hold(connection, closing)
    if row.finished_at is not None or row.through != looked.after:
        return Reached(row.through, row.people, row.finished_at is not None)
    place = Record(closing, row, looked.court.book.digest, looked.as_of)
    if not looked.ids:
        finish(connection, place)
        return Reached(row.through, row.people, finished=True)
    ended = replace(looked.ended, closed_out=_close_out(connection, looked))
    keep(connection, place, ended)
    return Reached(ended.through, row.people + ended.people)


def _next_people(
    connection: Connection, closing: Closing, after: str, court: Court, size: int
) -> list[Person]:
    """The people of *closing* behind the ID *after*, measured as of the day the window matures."""
    query = _EVIDENCE.where(_theirs(closing, court), Standing.person_id > after).limit(size)
    found = [Evidence(from_plain(plain), day) for plain, day in connection.execute(query)]
    people = (measured(each, court, closing.window.matures_on) for each in found)
    return [each for each in people if each is not None]


def _theirs(closing: Closing, court: Court) -> ColumnElement[bool]:
    """Whether a person is certified in the window; raises LookupError when it is no longer one."""
    calendar, catalogue = court.book.calendar, court.book.catalogue
    if closing.window not in calendar.windows.get(closing.population, ()):
        raise LookupError(f"the calendar no longer has the window of {closing.name}")
    codes = (c for c, each in catalogue.populations.items() if each.windows == closing.population)
    return PersonRow.population.in_(sorted(codes))


def _old_requests(ids: Sequence[str], court: Court, as_of: datetime) -> ColumnElement[bool]:
    """Which requests for people are old enough to be closed out, and are not yet."""
    calendar = court.book.calendar
    return and_(
        Request.person_id.in_(ids),
        Request.closed_out_on.is_(None),
        Request.requested_on < open_before(calendar, calendar.day_of(as_of)),
    )


def _close_out(connection: Connection, looked: Looked) -> list[list[str]]:
    today = looked.court.book.calendar.day_of(looked.as_of)
    old = _old_requests(looked.ids, looked.court, looked.as_of)
    closed_out = update(Request).where(old).values(closed_out_on=today).returning(*_REQUEST)
    return sorted(map(list, connection.execute(closed_out)))
