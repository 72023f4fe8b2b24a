"""Whether one person can: asked of the judge at the gate, at the menu or for a call."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from models.access import Staff
from service.core.acting import queued_flags
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.inquiry import Inquiry
from service.core.management_facts import FlagFacts, WithdrawFacts
from service.core.measure import Person
from service.login.decide import Evidence, measured
from service.login.decide import decide as decide_login
from service.login.options import options
from service.policy.active import Court
from service.recertification.able.question import Question
from service.recertification.decide import decide, entering_facts
from service.recertification.gather import Gathered, evidence_of


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who can, and at which entries, where the action is to come in."""

    user_id: str
    entries: tuple[str, ...]


Judge = Callable[[str, Evidence], Able | None]


def at_the_gate(question: Question, court: Court, as_of: datetime) -> Judge:
    """Coming in at the entry asked for, at any of them, or at the menu with the property."""
    catalogue = court.book.catalogue
    entries = (question.entry,) if question.entry else tuple(catalogue.entries)
    if question.property_id is not None:
        entries = (catalogue.menu_entry,)

    def judge(user_id: str, evidence: Evidence) -> Able | None:
        asked = (
            Inquiry(user_id=user_id, entry=e, property_id=question.property_id) for e in entries
        )
        outcomes = [(i.entry, decide_login(i, evidence, court, as_of)) for i in asked]
        opened = tuple(entry for entry, outcome in outcomes if outcome.decision.allowed)
        return Able(user_id, opened) if opened else None

    return judge


def at_the_menu(action: str, court: Court, today: str) -> Judge:
    """Being shown *action* at the menu."""

    def judge(user_id: str, evidence: Evidence) -> Able | None:
        person = measured(evidence, court, today)
        assert person is not None
        menu = court.judge("login", entering_facts(person, court, today))
        return Able(user_id, ()) if action in options(person, menu, court) else None

    return judge


def acting(connection: Connection, question: Question, court: Court, today: str) -> Judge:
    """Doing the action to the person named."""
    target = question.user_id
    about = evidence_of(connection, [target])
    person = measured(about[target], court, today)
    assert person is not None
    theirs = select(Staff.coordinator_id).where(Staff.user_id == target)
    coordinators = frozenset(connection.scalars(theirs))

    def judge(user_id: str, evidence: Evidence) -> Able | None:
        assigned = frozenset({target} if user_id in coordinators else ())
        gathered = Gathered(court.book.digest, {user_id: evidence, **about}, assigned)
        call = Call(action=question.action, actor_id=user_id, user_ids=(target,))
        calls = ways(call, person)
        done = any(decide(each, gathered, court, today).decision.allowed for each in calls)
        return Able(user_id, ()) if done else None

    return judge


def ways(call: Call, person: Person) -> Iterator[Call]:
    """The calls by which *call* could be done to *person*, whom it names; one for each item where
    items are to be named."""
    kind = MANAGEMENT[call.action]
    if issubclass(kind, FlagFacts):
        yield from (_on(call, item) for item in sorted(person.roles))
    elif issubclass(kind, WithdrawFacts):
        yield from (_on(call, i) for i in sorted({f.item for f in queued_flags(person)}))
    else:
        yield call


def _on(call: Call, item: str) -> Call:
    """The *call* about *item*, with the warning confirmed."""
    return replace(call, items=(item,), confirm=True)
