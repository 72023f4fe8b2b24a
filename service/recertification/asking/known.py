"""Look up what questions are judged on: all of them in a few reads, of one moment.

A question does nothing, so what it is judged on need not be held until its entry is written: the
answer is that of the moment read, which lies between question and answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, or_, select, type_coerce

from models.access import ContractProperty, Property, Staff
from models.gate import Activity
from models.members import listed, members, texts
from models.people import Standing as StandingRow
from models.prepared import Prepared
from service.core.standing import from_plain
from service.login.decide import Evidence
from service.login.record import plain_evidence
from service.recertification.asking.question import PROPERTY, USER, Question, number_of
from service.recertification.gather import UNKNOWN

_ID_LENGTH = 6
_PEOPLE = Prepared(
    lambda dialect: (
        select(
            StandingRow.person_id, type_coerce(StandingRow.document, LargeBinary), Activity.last_on
        )
        .outerjoin(Activity, Activity.person_id == StandingRow.person_id)
        .where(StandingRow.person_id.in_(texts(dialect, "ids")))
    )
)
_PROPERTIES = Prepared(
    lambda dialect: select(Property.property_id).where(
        Property.property_id.in_(members(dialect, "numbers"))
    )
)
_CONTRACTS = Prepared(
    lambda dialect: select(ContractProperty.contract_number, ContractProperty.property_id).where(
        ContractProperty.contract_number.in_(texts(dialect, "numbers"))
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The evidence about people, who is whose staff (coordinator, user), which properties there
    are, and the properties of contracts."""

    people: Mapping[str, Evidence] = field(default_factory=dict)
    staff: frozenset[tuple[str, str]] = frozenset()
    properties: frozenset[int] = frozenset()
    contracts: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def about(self, person_id: str) -> Evidence:
        """What is known of *person_id*."""
        return self.people.get(person_id, UNKNOWN)

    def only(self, *ids: str) -> dict[str, Evidence]:
        """What is known of these people, where anything is."""
        return {i: self.people[i] for i in ids if i in self.people}

    def plain(self) -> dict[str, Any]:
        """All of it as the ledger keeps it."""
        return {
            "people": {i: plain_evidence(each) for i, each in self.people.items()},
            "staff": sorted(map(list, self.staff)),
            "properties": sorted(self.properties),
            "contracts": {number: sorted(each) for number, each in self.contracts.items()},
        }


def known_from(plain: Mapping[str, Any], evidence: Mapping[str, Evidence]) -> Known:
    """What was made *plain*, with the *evidence* about the people in it."""
    return Known(
        people=evidence,
        staff=frozenset((coordinator, user) for coordinator, user in plain["staff"]),
        properties=frozenset(plain["properties"]),
        contracts={number: frozenset(each) for number, each in plain["contracts"].items()},
    )


def person_id_in(text: str) -> str:
    """*text*, if somebody may have it for an ID; else ''."""
    return text if len(text) == _ID_LENGTH and text.isascii() and text.isalnum() else ""


def look_up(connection: Connection, questions: Sequence[Question]) -> Known:
    """What is known of whatever *questions* name."""
    on_people = [each for each in questions if each.resource_type == USER]
    ids = {each.subject_id for each in questions} | {each.resource_id for each in on_people}
    return Known(
        people=_people(connection, filter(None, map(person_id_in, ids))),
        staff=_staff(connection, on_people),
        properties=_properties(connection, questions),
        contracts=_contracts(connection, {each.contract_number for each in questions} - {""}),
    )


def _people(connection: Connection, ids: Iterable[str]) -> dict[str, Evidence]:
    return {
        person_id: Evidence(from_plain(orjson.loads(document)), last_on, document)
        for person_id, document, last_on in _PEOPLE.rows(connection, ids=listed(ids))
    }


def _staff(connection: Connection, questions: Sequence[Question]) -> frozenset[tuple[str, str]]:
    """Who is whose staff, of each person named on either side."""
    users = {person_id_in(each.resource_id) for each in questions} - {""}
    acting = {i for each in questions for i in (each.subject_id, each.coordinator_id)}
    coordinators = set(map(person_id_in, acting)) - {""}
    if not (users or coordinators):
        return frozenset()
    either = or_(Staff.user_id.in_(users), Staff.coordinator_id.in_(coordinators))
    both = (Staff.user_id.in_(users), Staff.coordinator_id.in_(coordinators))
    tied = both if users and coordinators else (either,)
    rows = connection.execute(select(Staff.coordinator_id, Staff.user_id).where(*tied))
    return frozenset((coordinator, user) for coordinator, user in rows)


def _properties(connection: Connection, questions: Sequence[Question]) -> frozenset[int]:
    opened = {number_of(e.resource_id) for e in questions if e.resource_type == PROPERTY}
    numbers = {each.property_id for each in questions} | opened
    return properties_there(connection, {each for each in numbers if each is not None})


def properties_there(connection: Connection, numbers: Collection[int]) -> frozenset[int]:
    """Those of *numbers* that are properties."""
    if not numbers:
        return frozenset()
    return frozenset(n for (n,) in _PROPERTIES.rows(connection, numbers=listed(numbers)))


def _contracts(connection: Connection, numbers: Collection[str]) -> dict[str, frozenset[int]]:
    held: dict[str, set[int]] = {}
    if numbers:
        for contract, number in _CONTRACTS.rows(connection, numbers=listed(numbers)):
            held.setdefault(contract, set()).add(number)
    return {contract: frozenset(each) for contract, each in held.items()}
