"""Whom to show around in a loaded world: somebody to try the gate with, and somebody to act."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.access import PropertyAssignment, Staff
from service.core.inquiry import Inquiry
from service.login.consider import consider
from service.login.gather import active_court
from service.policy.active import Courts

_ASKED_ABOUT = 2_000  # of the people with properties, when guests are looked for


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
