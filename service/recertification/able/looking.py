"""Looking through everybody for who can, a stretch of people at a time.

Without a person named, whoever may do something to anybody at all is whoever the menu shows it
to: its own rules, of nobody.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.batches import in_order
from models.people import Standing
from service.core.actions import MANAGEMENT
from service.login.everybody import KNOWN, evidence_in
from service.policy.active import Court
from service.recertification.able.judging import Able, Judge, acting, at_the_gate, at_the_menu
from service.recertification.able.question import Question, check


@dataclass(frozen=True, slots=True)
class Looked:
    """Who of some people can; *through*: the last of them, None when nobody is left."""

    able: list[Able]
    people: int
    through: str | None


class WhoCan:
    """Answers one question about one stretch of people after the other."""

    def __init__(
        self, connection: Connection, question: Question, court: Court, as_of: datetime
    ) -> None:
        """Look up what is the same for all; raises BadlyAskedError for a senseless question."""
        check(connection, question, court.book.catalogue)
        self._judge = _judge(connection, question, court, as_of)

    def look(self, connection: Connection, after: str, people: int, able: int) -> Looked:
        """Who can of the next *people* behind the ID *after*; of no more than *able* who can."""
        return look(connection, self._judge, after, people, able)


def look(connection: Connection, judge: Judge, after: str, people: int, able: int) -> Looked:
    """Of whom of the next *people* behind the ID *after* the *judge* says that they can; no more
    than *able* of them."""
    found: list[Able] = []
    looked_at = 0
    rows = in_order(connection, KNOWN.where(Standing.person_id > after), Standing.person_id)
    for person_id, evidence in evidence_in(rows):
        if looked_at == people or len(found) == able:
            return Looked(found, looked_at, after)
        if one := judge(person_id, evidence):
            found.append(one)
        looked_at, after = looked_at + 1, person_id
    return Looked(found, looked_at, None)


def _judge(connection: Connection, question: Question, court: Court, as_of: datetime) -> Judge:
    """What says of one person whether they can."""
    if question.action not in MANAGEMENT:
        return at_the_gate(question, court, as_of)
    today = court.book.calendar.day_of(as_of)
    if question.user_id:
        return acting(connection, question, court, today)
    return at_the_menu(question.action, court, today)


def how_many(connection: Connection) -> int:
    """How many people there are to ask about."""
    return connection.execute(select(func.count()).select_from(Standing)).scalar_one()
