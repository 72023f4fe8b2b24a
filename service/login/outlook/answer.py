"""The outlook of one person in words: what each entry answers today, when it locks and why."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from service.core.nobody import nobody_at
from service.login.asked import BadlyAskedError
from service.login.decide import Evidence, measured
from service.login.gather import gather
from service.login.outlook.course import Course, Turn, courses_by
from service.login.words import SpokenTo, in_words
from service.policy.active import Court, Courts

#: So far an outlook goes when no last day is asked for, and so far at most.
DAYS, MOST_DAYS = 400, 3_660


def outlook(
    connection: Connection, user_id: str, *, courts: Courts, as_of: datetime, until: str = ""
) -> dict[str, Any]:
    """When and why each entry of *user_id* locks, if nothing is done up to the day *until*.

    Raises BadlyAskedError for a last day before today or too far away.
    """
    gathered = gather(connection, user_id)
    court = courts.of(gathered.digest, connection)
    first = court.book.calendar.day_of(as_of)
    last = last_day(first, until)
    courses = courses_by(court).of(gathered.evidence, first, last)
    entries = [_told(connection, each, gathered.evidence, court) for each in courses]
    return {
        "user_id": user_id,
        "as_of": as_of.astimezone(court.book.calendar.zone).isoformat(),
        "until": last,
        "entries": entries,
        "policy_digest": gathered.digest,
    }


def last_day(first: str, until: str) -> str:
    """The last day of an outlook from the day *first*; raises BadlyAskedError."""
    begin = date.fromisoformat(first)
    if not until:
        return (begin + timedelta(days=DAYS - 1)).isoformat()
    latest = (begin + timedelta(days=MOST_DAYS - 1)).isoformat()
    if not first <= until <= latest:
        raise BadlyAskedError({"until": [f"expected a day from {first} to {latest}"]})
    return until


def _told(
    connection: Connection, course: Course, evidence: Evidence, court: Court
) -> dict[str, Any]:
    today, lock = course.turns[0], course.lock
    return {
        "entry": course.entry,
        "decision": word(today),
        "locks_on": lock.day if lock else None,
        "reason": lock.decision.reason if lock else "",
        "reasons": _reasons(connection, course.entry, lock, evidence, court) if lock else [],
        "turns": _turns(course.turns),
    }


def _reasons(
    connection: Connection, entry: str, lock: Turn, evidence: Evidence, court: Court
) -> list[dict[str, Any]]:
    person = measured(evidence, court, lock.day)
    facts = person.at(entry) if person else nobody_at(entry, lock.day)
    return in_words(connection, lock.decision, SpokenTo(court.book, facts, evidence.standing))


def _turns(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    return [
        {"day": each.day, "decision": word(each), "reasons": list(each.decision.codes)}
        for each in turns
    ]


def word(turn: Turn) -> str:
    """Allow or lock."""
    return "allow" if turn.decision.allowed else "lock"
