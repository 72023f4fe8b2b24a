"""Which coordinators could help a person: not a fact of the rules, only of the remedy."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from models.access import BusinessPartner, Staff
from models.people import Person, PersonRole
from service.core.catalogue import Catalogue
from service.core.measure import global_roles_only, properties_of
from service.core.standing import Standing


def helpers(
    connection: Connection, standing: Standing, catalogue: Catalogue, property_id: int | None
) -> list[frozenset[str]]:
    """The roles of each live coordinator who could help, one set a coordinator.

    Those with a business partner relationship for the property, or for any of the person's; for
    somebody whose roles need no property, those the person is assigned to.
    """
    properties = [property_id] if property_id is not None else properties_of(standing, catalogue)
    partners = select(BusinessPartner.coordinator_id).distinct()
    tied = partners.where(BusinessPartner.property_id.in_(sorted(properties)))
    able = set(connection.scalars(tied))
    if global_roles_only(standing, catalogue):
        assigned = select(Staff.coordinator_id).where(Staff.user_id == standing.person_id)
        able |= set(connection.scalars(assigned))
    return _live(connection, able - {standing.person_id})


def _live(connection: Connection, ids: Collection[str]) -> list[frozenset[str]]:
    live = select(Person.id).where(
        Person.id.in_(sorted(ids)), Person.marked_coordinator, ~Person.terminated
    )
    held: defaultdict[str, set[str]] = defaultdict(set)
    alive = list(connection.scalars(live))
    roles = select(PersonRole.person_id, PersonRole.role).where(
        PersonRole.person_id.in_(alive), PersonRole.ended_on.is_(None)
    )
    for person_id, role in connection.execute(roles):
        held[person_id].add(role)
    return [frozenset(held[person_id]) for person_id in alive]
