"""The question who can do something, and whether it makes sense."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.access import Property
from service.core.actions import MANAGEMENT
from service.core.catalogue import Catalogue
from service.core.inquiry import Inquiry
from service.core.management_facts import TargetFacts
from service.login.asked import BadlyAskedError, Errors, wrong_codes
from service.recertification.gather import evidence_of

#: What is asked at the gate: to come in, and there to open a property.
LOGIN, OPENING = "login", "open_property"
ACTIONS = (LOGIN, OPENING, *MANAGEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An action; on whom, at which property or entry, where it may be asked so."""

    action: str
    user_id: str = ""
    property_id: int | None = None
    entry: str = ""


def check(connection: Connection, question: Question, catalogue: Catalogue) -> None:
    """Raise BadlyAskedError when *question* asks for what is not there or not together."""
    if wrong := _wrong(connection, question, catalogue):
        raise BadlyAskedError(wrong)


def _wrong(connection: Connection, question: Question, catalogue: Catalogue) -> Errors:
    """What of *question* is not there or does not go together, by field."""
    if question.action not in ACTIONS:
        return {"action": [f"unknown action; known: {', '.join(ACTIONS)}"]}
    return {
        **_wrong_person(connection, question),
        **_wrong_property(connection, question, catalogue),
        **_wrong_entry(question, catalogue),
    }


def _wrong_person(connection: Connection, question: Question) -> Errors:
    on_somebody = [name for name, kind in MANAGEMENT.items() if issubclass(kind, TargetFacts)]
    if not question.user_id:
        return {}
    if question.action not in on_somebody:
        return {"user_id": [f"may stand only with {', '.join(on_somebody)}"]}
    if evidence_of(connection, [question.user_id]):
        return {}
    return {"user_id": [f"nobody with the ID {question.user_id} is known"]}


def _wrong_property(connection: Connection, question: Question, catalogue: Catalogue) -> Errors:
    number = question.property_id
    if number is None:
        missing = question.action == OPENING
        return {"property_id": ["expected the property to open"]} if missing else {}
    if question.action in MANAGEMENT:
        return {"property_id": [f"may stand only with {LOGIN} and {OPENING}"]}
    there = select(Property.property_id).where(Property.property_id == number)
    if connection.execute(there).first() is None:
        return {"property_id": [f"no property {number} is known"]}
    entry = question.entry or catalogue.menu_entry
    return (
        {}
        if entry not in catalogue.entries
        else wrong_codes(Inquiry(user_id="", entry=entry, property_id=number), catalogue)
    )


def _wrong_entry(question: Question, catalogue: Catalogue) -> Errors:
    if not question.entry:
        return {}
    if question.action != LOGIN:
        return {"entry": [f"may stand only with {LOGIN}"]}
    return wrong_codes(Inquiry(user_id="", entry=question.entry), catalogue)
