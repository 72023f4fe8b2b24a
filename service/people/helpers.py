"""Which coordinators could help a person: not a fact of the rules, only of the remedy."""

from collections import defaultdict

from sqlalchemy import Connection, and_, bindparam, select, union

from models.access import BusinessPartner, Staff
from models.members import listed, members
from models.people import Person, PersonRole
from models.prepared import Prepared, Statement
from service.core.catalogue import Catalogue
from service.core.holdings import global_roles_only, properties_of
from service.core.standing import Standing


def _able(dialect: str) -> Statement:
    """The live coordinators of some properties, or of whose staff somebody is, and their roles."""
    tied = select(BusinessPartner.coordinator_id).where(
        BusinessPartner.property_id.in_(members(dialect, "properties"))
    )
    assigned = select(Staff.coordinator_id).where(Staff.user_id == bindparam("staff"))
    held = and_(PersonRole.person_id == Person.id, PersonRole.ended_on.is_(None))
    return (
        select(Person.id, PersonRole.role)
        .outerjoin(PersonRole, held)
        .where(Person.id.in_(union(tied, assigned)), Person.id != bindparam("person_id"))
        .where(Person.marked_coordinator, ~Person.terminated)
    )


_ABLE = Prepared(_able)


def helpers(
    connection: Connection, standing: Standing, catalogue: Catalogue, property_id: int | None
) -> list[frozenset[str]]:
    """The roles of each live coordinator who could help, one set a coordinator.

    Those with a business partner relationship for the property, or for any of the person's; for
    somebody whose roles need no property, those the person is assigned to.
    """
    person_id = standing.person_id
    properties = [property_id] if property_id is not None else properties_of(standing, catalogue)
    staff = person_id if global_roles_only(standing, catalogue) else ""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for coordinator_id, role in _ABLE.rows(
        connection, person_id=person_id, staff=staff, properties=listed(properties)
    ):
        held[coordinator_id].update([role] if role else [])
    return [frozenset(roles) for roles in held.values()]
