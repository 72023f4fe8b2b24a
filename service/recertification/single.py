"""The properties of a coordinator that no second coordinator looks after."""

from sqlalchemy import Connection, func, select

from models.access import BusinessPartner
from models.people import Person
from models.types import AnySelect
from service.recertification.consider import Considered
from service.recertification.result import Page, Result


def single_coordinator_report(connection: Connection, considered: Considered, _: Page) -> Result:
    """Those within the actor's relationships that have one live coordinator only."""
    own = select(BusinessPartner.property_id).where(
        BusinessPartner.coordinator_id == considered.call.actor_id
    )
    of_these = with_one_coordinator().where(BusinessPartner.property_id.in_(own))
    alone = of_these.order_by(BusinessPartner.property_id)
    return Result(fields={"properties": list(connection.scalars(alone))})


def with_one_coordinator() -> AnySelect:
    """The properties that have one live coordinator only, and who that is."""
    return (
        select(
            BusinessPartner.property_id,
            func.min(BusinessPartner.coordinator_id).label("coordinator_id"),
        )
        .join(Person, Person.id == BusinessPartner.coordinator_id)
        .where(Person.marked_coordinator, ~Person.terminated)
        .group_by(BusinessPartner.property_id)
        .having(func.count() == 1)
    )
