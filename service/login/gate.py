"""The gate: a login, and the acceptance of the Rules of Behavior."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from models.certification import RobAcceptance
from models.people import Person
from service.clients import Client
from service.core.inquiry import Inquiry
from service.ledger.entries import Written, append
from service.login.answer import acceptance_answer, login_answer
from service.login.consider import Considered, accepting, asked_about, consider, weigh
from service.login.gather import active_court, gather, hold_to_change
from service.login.record import entry_of, record
from service.people.caller import Caller
from service.people.standing import rewrite
from service.policy.active import Court, Courts

_TRIES = 3
#: Who calls, of the client whose token it is, by the rules of a court.
CallerOf = Callable[[Client | None, Court], Caller]


class ChangedMeanwhileError(Exception):
    """What a decision was made on changed before it could be written down, again and again."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was considered, the ledger entry that keeps it, and what whoever asked is told."""

    considered: Considered
    written: Written
    answer: dict[str, Any]


def log_in(
    connection: Connection,
    inquiry: Inquiry,
    *,
    courts: Courts,
    as_of: datetime,
    token: str = "",
    caller: CallerOf,
) -> Recorded:
    """Decide a login and write it down: one read, and one write that is all or nothing.

    *caller* makes the caller of the client whose *token* it is, by the rules of the moment; what
    it raises is raised. Raises BadlyAskedError, and ChangedMeanwhileError when the person changed
    under every try.
    """
    for _ in range(_TRIES):
        gathered = gather(connection, asked_about(inquiry), token)
        by = caller(gathered.client, courts.of(gathered.digest, connection))
        considered = weigh(connection, inquiry, gathered, courts=courts, as_of=as_of)
        answer = login_answer(connection, considered, as_of)  # behind the write nothing may fail
        if written := record(connection, considered, as_of=as_of, caller=by):
            return Recorded(considered, written, answer)
    raise ChangedMeanwhileError(f"{inquiry.user_id} changed {_TRIES} times while being judged")


def accept_rob(
    connection: Connection, user_id: str, *, courts: Courts, as_of: datetime, caller: Caller
) -> Recorded:
    """Accept the Rules of Behavior for *user_id*, if the login rules open their page."""
    hold_to_change(connection, user_id)
    catalogue = active_court(connection, courts).book.catalogue
    inquiry = Inquiry(user_id=user_id, entry=catalogue.rob_entry)
    considered = accepting(consider(connection, inquiry, courts=courts, as_of=as_of))
    accepted = considered.outcome.decision.allowed
    if accepted:
        _keep_acceptance(connection, considered, considered.court.book.calendar.day_of(as_of))
    outcome = "done" if accepted else "refused"
    entry = entry_of("rob_acceptance", considered, outcome, as_of, caller)
    answer = acceptance_answer(connection, considered, as_of)
    return Recorded(considered, append(connection, entry), answer)


def _keep_acceptance(connection: Connection, considered: Considered, day: str) -> None:
    """Keep an acceptance of *day*; the year runs from the latest, should the clock step back."""
    standing = considered.evidence.standing
    assert standing is not None, "somebody unknown came in"
    user_id, latest = standing.person_id, max(day, standing.rob_accepted_on)
    connection.execute(insert(RobAcceptance).values(person_id=user_id, accepted_on=day))
    connection.execute(update(Person).where(Person.id == user_id).values(rob_accepted_on=latest))
    rewrite(connection, [user_id])
