"""A feed in a folder, read into a database that holds what is known; what its tests share."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, insert

from models.access import ContractProperty, Property
from models.base import Base
from models.people import Person
from service.feed.reading import read_feed
from tests.database.staged import extract_of


@dataclass(frozen=True)
class Known:
    """Whom and what the database holds already."""

    people: frozenset[str] = frozenset()
    properties: frozenset[int] = frozenset()
    contracts: frozenset[str] = frozenset()


POPULATIONS = frozenset({"north", "south"})
AS_OF = "2025-03-01"
NOTHING = Known()
TOPOLOGY = Path(__file__).parents[2] / "demo" / "dc_tracs_topology.csv"
ENGINE = create_engine("sqlite://")
Base.metadata.create_all(ENGINE)
PEOPLE = "id,population,created_on\nMAAAAA,north,2020-01-02\nHBBBBB,south,2021-02-03\n"
FILES = (
    "people.csv",
    "roles.csv",
    "properties.csv",
    "contracts.csv",
    "property_assignments.csv",
    "contract_assignments.csv",
    "business_partners.csv",
    "staff.csv",
    "certifications.csv",
)


def read_folder(folder, *, known=NOTHING, progress=lambda file, size: None):
    """What the folder says, as it is staged in a database that holds what is *known*."""
    with ENGINE.connect() as connection:
        hold(connection, known)
        given = read_feed(
            connection, folder, populations=POPULATIONS, as_of=AS_OF, progress=progress
        )
        return extract_of(connection, given)


def hold(connection, known):
    for person_id in known.people:
        row = {"id": person_id, "population": "north", "wass_spoke_on": AS_OF}
        row |= {"marked_coordinator": False, "terminated": False, "organisation": ""}
        connection.execute(insert(Person).values(row))
    for number in known.properties:
        rest = dict.fromkeys(("name", "city", "state", "organisation"), "")
        connection.execute(insert(Property).values(property_id=number, **rest))
    for number in known.contracts:
        row = {"contract_number": number, "property_id": 1}
        connection.execute(insert(ContractProperty).values(row))


def person(**columns):
    """people.csv with one good person, these columns changed or added."""
    row = {"id": "MAAAAA", "population": "north", "created_on": "2020-01-02", **columns}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([row.keys(), row.values()])
    return out.getvalue()
