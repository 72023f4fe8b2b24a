"""Properties that one coordinator alone looks after."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import BigInteger, literal, select

from models.access import Property
from service.recertification.review.asked import Asked
from service.recertification.single import with_one_coordinator


@dataclass(frozen=True, slots=True)
class SingleCoordinator:
    """A property and its one coordinator."""

    property_id: int
    name: str
    city: str
    state: str
    coordinator_id: str

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return str(self.property_id)


def single_coordinator_properties(asked: Asked) -> Iterator[SingleCoordinator]:
    """Every property with one live coordinator only, in the order of its number."""
    alone = with_one_coordinator().subquery()
    told = Property.name, Property.city, Property.state
    query = (
        select(alone.c.property_id, *told, alone.c.coordinator_id)
        .outerjoin(Property, Property.property_id == alone.c.property_id)
        .where(alone.c.property_id > literal(int(asked.cursor or 0), BigInteger))
        .order_by(alone.c.property_id)
    )
    for number, name, city, state, coordinator_id in asked.connection.execute(query).all():
        yield SingleCoordinator(number, name or "", city or "", state or "", coordinator_id)
