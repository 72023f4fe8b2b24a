"""A question as AuthZEN asks it, and what it means here: to come in, or to act on somebody."""

import re
from dataclasses import dataclass
from typing import Any

from models.types import LARGEST_NUMBER
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.catalogue import Catalogue
from service.core.inquiry import Inquiry
from service.core.management_facts import TargetFacts
from service.login.asked import wrong_codes
from service.recertification.able.question import LOGIN, OPENING

#: The one type of subject, and the types of resources.
USER = "user"
ENTRY, PROPERTY = "entry", "property"
ACCEPTING = "accept_rob"
#: What may be asked of each type of resource.
ACTIONS_ON: dict[str, tuple[str, ...]] = {
    ENTRY: (LOGIN, ACCEPTING),
    PROPERTY: (OPENING,),
    USER: tuple(MANAGEMENT),
}
#: Those that may speak of a coordinator other than who acts; that they may not, the rules say.
_OF_A_COORDINATOR = ("view_staff", "assign_staff", "unassign_staff")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May the subject do the *action* to the resource? Each by its type and ID, and what else the
    question names. *items* and *flag_id*: the roles to be flagged, the flag to be withdrawn."""

    subject_type: str
    subject_id: str
    action: str
    resource_type: str
    resource_id: str
    property_id: int | None = None
    contract_number: str = ""
    coordinator_id: str = ""
    items: tuple[str, ...] = ()
    confirm: bool = False
    flag_id: int | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """The question as JSON can hold it."""
        return {name: getattr(self, name) for name in self.__slots__}


def question_of(plain: dict[str, Any]) -> Question:
    """The question that was made *plain*."""
    return Question(**{**plain, "items": tuple(plain["items"])})


@dataclass(frozen=True, slots=True)
class Coming:
    """To come in as *inquiry* says; *accepting*: to accept the Rules of Behavior there."""

    inquiry: Inquiry
    accepting: bool = False


def meaning(question: Question, catalogue: Catalogue) -> Coming | Call | None:
    """What *question* asks for; None when it names what is not there."""
    kind = question.resource_type
    if question.subject_type != USER or question.action not in ACTIONS_ON.get(kind, ()):
        return None
    if kind == USER:
        return _call(question)
    return _entering(question, catalogue) if kind == ENTRY else _opening(question, catalogue)


def number_of(text: str) -> int | None:
    """The property that *text* names, if it is a number of one."""
    number = int(text) if _NUMBER.fullmatch(text) else 0
    return number if 0 < number <= LARGEST_NUMBER else None


def _entering(question: Question, catalogue: Catalogue) -> Coming | None:
    user_id, entry = question.subject_id, question.resource_id
    governed, accepting = entry in catalogue.entries, question.action == ACCEPTING
    number, contract = question.property_id, question.contract_number
    if governed and (accepting or (number is None and not contract)):
        return Coming(Inquiry(user_id=user_id, entry=entry), accepting=accepting)
    named = {"entry" if governed else "system": entry}
    inquiry = Inquiry(user_id=user_id, property_id=number, contract_number=contract, **named)
    return None if accepting or wrong_codes(inquiry, catalogue) else Coming(inquiry)


def _opening(question: Question, catalogue: Catalogue) -> Coming | None:
    number = number_of(question.resource_id)
    if number is None:
        return None
    inquiry = Inquiry(
        user_id=question.subject_id,
        entry=catalogue.menu_entry,
        property_id=number,
        contract_number=question.contract_number,
    )
    return Coming(inquiry)


def _call(question: Question) -> Call | None:
    """The call; one that names nobody is asked of the coordinator whose list it shows."""
    actor, named, action = question.subject_id, question.resource_id, question.action
    speaks = action in _OF_A_COORDINATOR
    if not issubclass(MANAGEMENT[action], TargetFacts):
        alone = speaks or named == actor
        return Call(action=action, actor_id=actor, coordinator_id=named) if alone else None
    return Call(
        action=action,
        actor_id=actor,
        user_ids=(named,),
        coordinator_id=question.coordinator_id if speaks else "",
        items=question.items,
        confirm=question.confirm,
        flag_id=question.flag_id,
    )
