"""The files of a feed: their columns, HUD's names of them, and how their cells are read."""

from models.types import LARGEST_NUMBER
from service.feed.cells import (
    Reader,
    code,
    day_up_to,
    number_up_to,
    one_of,
    status,
    text_up_to,
    yes_or_no,
)
from service.feed.header import Table

#: How an ID is written.
PERSON = r"[MIHC][A-Z0-9]{5}"
_HUD_PROPERTIES = {
    "property_name_text": "name",
    "property_name": "name",
    "std_city": "city",
    "placed_base_city_name_text": "city",
    "std_st": "state",
    "state_code": "state",
    "state2kx": "state",
    "mgmt_agent_org_name": "organisation",
}
_HUD_CONTRACTS = dict.fromkeys(
    (
        "property_name_text",
        "property_name",
        "tracs_effective_date",
        "tracs_overall_expiration_date",
        "tracs_current_expiration_date",
        "tracs_status_name",
        "program_type_name",
    ),
    "",
)
_OF_PEOPLE = (
    "coordinator",
    "wass_status",
    "wass_last_access_on",
    "password_changed_on",
    "last_activity_on",
    "rob_accepted_on",
    "organisation",
)
_OF_PROPERTIES = ("name", "city", "state", "organisation")
#: The columns of people.csv.
PEOPLE = Table(key=("id",), needed=("population", "created_on"), optional=_OF_PEOPLE)
#: The columns of every file.
FILES = {
    "people.csv": PEOPLE,
    "roles.csv": Table(key=("person_id", "role"), optional=("assigned_on",)),
    "properties.csv": Table(key=("property_id",), optional=_OF_PROPERTIES, hud=_HUD_PROPERTIES),
    "contracts.csv": Table(key=("contract_number", "property_id"), hud=_HUD_CONTRACTS),
    "property_assignments.csv": Table(key=("person_id", "property_id")),
    "contract_assignments.csv": Table(key=("person_id", "contract_number")),
    "business_partners.csv": Table(key=("coordinator_id", "property_id")),
    "staff.csv": Table(key=("coordinator_id", "user_id")),
    "certifications.csv": Table(key=("person_id", "coordinator_id", "requested_on")),
}


def readers(populations: frozenset[str], as_of: str) -> dict[str, Reader]:
    """How the cells of each column are read on the day *as_of*."""
    person = code(PERSON, "an ID of M, I, H or C and five letters or digits")
    past_day = day_up_to(as_of)
    return {
        "id": person,
        "person_id": person,
        "coordinator_id": person,
        "user_id": person,
        "property_id": number_up_to(LARGEST_NUMBER),
        "contract_number": code(r"[A-Z0-9-]{1,20}", "1 to 20 letters, digits or hyphens"),
        "role": code(r"[A-Z][A-Z0-9_]{0,39}", "a letter and up to 39 letters, digits or `_`"),
        "population": one_of(populations),
        "coordinator": yes_or_no,
        "wass_status": status,
        "created_on": day_up_to("2100-12-31"),
        "wass_last_access_on": past_day,
        "password_changed_on": past_day,
        "last_activity_on": past_day,
        "rob_accepted_on": past_day,
        "requested_on": past_day,
        "assigned_on": past_day,
        "organisation": text_up_to(200),
        "name": text_up_to(200),
        "city": text_up_to(100),
        "state": text_up_to(40),
    }
