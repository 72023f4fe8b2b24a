"""People to look at: who holds a coordinator's role and is none, and who never came in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from models.batches import in_order
from models.gate import Activity
from models.people import Person, PersonRole, Standing
from service.core.elapsed import days_between
from service.login.decide import measured
from service.login.everybody import KNOWN, evidence_in
from service.recertification.review.asked import Asked


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """Somebody with roles of a coordinator who is none; *marked*: WASS says coordinator."""

    user_id: str
    population: str
    roles: Sequence[str]
    marked: bool
    terminated: bool

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return self.user_id


@dataclass(frozen=True, slots=True)
class NeverUsed:
    """An account without any activity since it was created or tracking began."""

    user_id: str
    population: str
    organisation: str
    created_on: str
    days: int

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return self.user_id


def role_holders(asked: Asked) -> Iterator[RoleHolder]:
    """Whoever holds a role by which coordinators cure, and by the rules' measure is none.

    Such a role opens no entry. One that a flag took is not held.
    """
    book = asked.court.book
    kind = {r for r in book.reasons.held_by_coordinators if not book.catalogue.roles[r].opens}
    listed = select(PersonRole.person_id).where(
        PersonRole.role.in_(sorted(kind)), PersonRole.ended_on.is_(None)
    )
    query = KNOWN.where(Standing.person_id.in_(listed), Standing.person_id > asked.cursor)
    rows = in_order(asked.connection, query, Standing.person_id)
    for user_id, evidence in evidence_in(rows):
        person = measured(evidence, asked.court, asked.today)
        assert person is not None
        held = sorted(person.roles & kind)
        if held and not person.coordinator:
            told = person.standing
            marks = told.marked_coordinator, told.terminated
            yield RoleHolder(user_id, told.population, held, *marks)


def never_used(asked: Asked) -> Iterator[NeverUsed]:
    """Every account that is not terminated and was never used."""
    began = asked.court.book.calendar.tracking_began_on
    told = Person.population, Person.organisation, Person.created_on
    query = (
        select(Person.id, *told)
        .outerjoin(Activity, Activity.person_id == Person.id)
        .where(Person.id > asked.cursor, ~Person.terminated)
        .where(or_(Activity.last_on.is_(None), Activity.last_on < began))
    )
    for user_id, population, organisation, created_on in in_order(
        asked.connection, query, Person.id
    ):
        days = days_between(created_on, asked.today)
        yield NeverUsed(user_id, population, organisation, created_on, days)
