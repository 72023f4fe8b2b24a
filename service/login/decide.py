"""From evidence to the outcome of a login. Pure: the same evidence gives the same outcome."""

from dataclasses import dataclass, field
from datetime import datetime

from service.core.decision import Decision, once, refused_by
from service.core.inquiry import Inquiry
from service.core.login_facts import LoginFacts, PropertyFacts, System, SystemFacts
from service.core.measure import Person
from service.core.nobody import nobody_at
from service.core.standing import Standing
from service.login.options import options
from service.policy.active import Court


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was known when the question came: the standing, and the day of the last activity.

    *document*: the bytes the standing was read in, if it was read.
    """

    standing: Standing | None
    last_activity_on: str = ""
    document: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The decision, what it is about, the facts it was made of, the properties refused, and what
    of the Recertification subsystem the person may open."""

    decision: Decision
    applies_to: str
    facts: LoginFacts | SystemFacts
    opened: tuple[PropertyFacts, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()
    options: tuple[str, ...] = ()


def decide(inquiry: Inquiry, evidence: Evidence, court: Court, as_of: datetime) -> Outcome:
    """Judge *inquiry* on *evidence* at the instant *as_of*."""
    today = court.book.calendar.day_of(as_of)
    if inquiry.system:
        return _other_system(inquiry.system, court)
    person = measured(evidence, court, today)
    if person is None:
        facts = nobody_at(inquiry.entry, today)
        return Outcome(decision=court.judge("login", facts), applies_to="person", facts=facts)
    return _person(inquiry, person, court)


def measured(evidence: Evidence, court: Court, today: str) -> Person | None:
    """The person of *evidence* as *court* measures one on the day *today*; None when unknown."""
    if evidence.standing is None:
        return None
    book = court.book
    return Person(
        evidence.standing, evidence.last_activity_on, book.calendar, book.catalogue, today
    )


def _other_system(system: str, court: Court) -> Outcome:
    catalogue = court.book.catalogue
    kind = System(
        outside=system in catalogue.outside, test_environment=system in catalogue.test_environments
    )
    facts = SystemFacts(system=kind)
    decision = court.judge("other_system", facts)
    return Outcome(decision=decision, applies_to="person", facts=facts)


def _person(inquiry: Inquiry, person: Person, court: Court) -> Outcome:
    came = coming_in(inquiry, person, court)
    login, whole, decision = came.facts, came.whole, came.decision
    about_property = whole.allowed and not decision.allowed
    at_menu = court.book.catalogue.entries[login.entry].names_properties
    return Outcome(
        decision=decision,
        applies_to="property" if about_property else "person",
        facts=login,
        opened=came.opened,
        refused=refused_properties(whole, person, login, court),
        options=options(person, whole, court) if decision.allowed and at_menu else (),
    )


@dataclass(frozen=True, slots=True)
class CameIn:
    """Whether somebody known may come in: of the *whole* person, and with what is *opened*."""

    facts: LoginFacts
    whole: Decision
    opened: tuple[PropertyFacts, ...]
    decision: Decision


def coming_in(inquiry: Inquiry, person: Person, court: Court) -> CameIn:
    """Judge whether *person* comes in at the entry of *inquiry*, and to what it names there."""
    login = person.at(inquiry.entry)
    whole = court.judge("login", login)
    opened = _candidates(inquiry, person, login)
    if not opened:
        return CameIn(login, whole, opened, whole)
    properties = _any_of([court.judge("open_property", each) for each in opened])
    return CameIn(login, whole, opened, _both(whole, properties))


def _candidates(inquiry: Inquiry, person: Person, login: LoginFacts) -> tuple[PropertyFacts, ...]:
    """The property asked for; for a contract alone, each of its properties if it is assigned."""
    contract, properties = inquiry.contract_number, [inquiry.property_id]
    if inquiry.property_id is None and not contract:
        return ()
    if inquiry.property_id is None:
        properties = [*sorted(person.standing.contracts.get(contract, ()))] or [None]
    return tuple(person.opening(login, each, contract) for each in properties)


def _any_of(decisions: list[Decision]) -> Decision:
    """Allowed when one is; otherwise every reason of all."""
    allowed = next((each for each in decisions if each.allowed), None)
    return allowed or refused_by(decisions)


def _both(whole: Decision, opened: Decision) -> Decision:
    if whole.allowed:
        return opened
    if opened.allowed:
        return whole
    return Decision(False, once([*whole.reasons, *opened.reasons]))


def refused_properties(
    whole: Decision, person: Person, login: LoginFacts, court: Court
) -> tuple[tuple[int, str], ...]:
    """Every property of the person that would be refused, unless more than the person's own
    doing stands in the way already."""
    book = court.book
    cured_alone = all(book.reasons.by_code[code].self_service for code in whole.codes)
    if not book.catalogue.entries[login.entry].names_properties:
        return ()
    if not (whole.allowed or cured_alone) or not person.property_scope:
        return ()
    refused: list[tuple[int, str]] = []
    for group in person.properties_alike():
        decision = court.judge("open_property", person.opening(login, next(iter(group)), ""))
        if not decision.allowed:
            refused += [(property_id, decision.reason) for property_id in group]
    return tuple(sorted(refused))
