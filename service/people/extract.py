"""What WASS says, checked and typed: the truth about everybody, or about one person."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSaid:
    """One person of people.csv; days are ISO text, '' when not known."""

    id: str
    population: str
    created_on: str
    coordinator: bool = False
    terminated: bool = False
    wass_last_access_on: str = ""
    password_changed_on: str = ""
    last_activity_on: str = ""
    rob_accepted_on: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySaid:
    """One property of properties.csv."""

    property_id: int
    name: str = ""
    city: str = ""
    state: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class CertificationSaid:
    """A request made before: by whom, for whom, on which day."""

    person_id: str
    coordinator_id: str
    requested_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What is given of each table; None where nothing is said about it.

    A table given is the whole truth, but for staff and certifications, which only add.
    """

    people: Mapping[str, PersonSaid] | None = None
    #: (person_id, role) -> day of assignment, '' when not known
    roles: Mapping[tuple[str, str], str] | None = None
    properties: Mapping[int, PropertySaid] | None = None
    #: (contract_number, property_id)
    contracts: frozenset[tuple[str, int]] | None = None
    #: (person_id, property_id)
    property_assignments: frozenset[tuple[str, int]] | None = None
    #: (person_id, contract_number)
    contract_assignments: frozenset[tuple[str, str]] | None = None
    #: (coordinator_id, property_id)
    business_partners: frozenset[tuple[str, int]] | None = None
    #: (coordinator_id, user_id)
    staff: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    certifications: frozenset[CertificationSaid] = field(default_factory=frozenset)
