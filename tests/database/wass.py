"""A small WASS for tests: a few people said in one go, as the feed would say them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from service.login.gather import active_court
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid
from service.people.wass import Spoken, speak
from service.wiring import Wiring

#: The day the clock of a test stands on, a Monday; the last closed window of people outside HUD
#: opened on 1 September 2025.
TODAY = "2026-03-02"
IN_LAST_WINDOW = "2025-10-01"
OAKS, ELMS, PINES = 800000001, 800000002, 800000003
BOTH = "DC39S931002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person whom nothing keeps out, but for what a test says otherwise."""

    id: str
    population: str = "external"
    coordinator: bool = False
    created_on: str = "2015-01-05"
    terminated: bool = False
    wass_last_access_on: str = TODAY
    password_changed_on: str = "2026-02-01"
    last_activity_on: str = "2026-02-20"
    rob_accepted_on: str = "2025-12-01"
    roles: Collection[str] = ("TRACS", "IMAX")
    properties: Collection[int] = ()
    contracts: Collection[str] = ()
    bpr: Collection[int] = ()

    def said(self) -> PersonSaid:
        """What WASS says of the person alone."""
        return PersonSaid(
            id=self.id,
            population=self.population,
            created_on=self.created_on,
            coordinator=self.coordinator,
            terminated=self.terminated,
            wass_last_access_on=self.wass_last_access_on,
            password_changed_on=self.password_changed_on,
            last_activity_on=self.last_activity_on,
            rob_accepted_on=self.rob_accepted_on,
        )


def coordinator(person_id: str = "M90001", *, bpr: Collection[int] = (OAKS, ELMS)) -> Somebody:
    """A coordinator with everything a coordinator may hold."""
    return Somebody(id=person_id, coordinator=True, roles=("TRACS", "IMAX", "TCC", "TCR"), bpr=bpr)


def extract_of(
    *people: Somebody,
    contracts: Mapping[str, Collection[int]] | None = None,
    staff: Collection[tuple[str, str]] = (),
    certified: Collection[tuple[str, str, str]] = (),
) -> Extract:
    """Everything about *people*; *certified* is (person, coordinator, day)."""
    named = {p for each in people for p in (*each.properties, *each.bpr)}
    return Extract(
        people={each.id: each.said() for each in people},
        roles={(each.id, role): "" for each in people for role in each.roles},
        properties={p: PropertySaid(property_id=p, name=f"Property {p}") for p in sorted(named)},
        contracts=frozenset((c, p) for c, own in (contracts or {}).items() for p in own),
        property_assignments=frozenset((e.id, p) for e in people for p in e.properties),
        contract_assignments=frozenset((e.id, c) for e in people for c in e.contracts),
        business_partners=frozenset((e.id, p) for e in people for p in e.bpr),
        staff=frozenset(staff),
        certifications=frozenset(CertificationSaid(*each) for each in certified),
    )


class Wass:
    """WASS, speaking to one database."""

    def __init__(self, parts: Wiring) -> None:
        self._parts = parts

    def says(self, extract: Extract, *, day: str = TODAY) -> Spoken:
        """Make *extract* the truth on *day*, in one transaction."""
        with self._parts.engine.begin() as connection:
            catalogue = active_court(connection, self._parts.courts).book.catalogue
            return speak(connection, extract, day=day, catalogue=catalogue)

    def knows(
        self,
        *people: Somebody,
        contracts: Mapping[str, Collection[int]] | None = None,
        staff: Collection[tuple[str, str]] = (),
        certified: Collection[tuple[str, str, str]] = (),
    ) -> None:
        """Say everything about *people* and no one else."""
        self.says(extract_of(*people, contracts=contracts, staff=staff, certified=certified))

    def knows_a_user(self, **differently: object) -> str:
        """M10001 with two properties, certified by the coordinator of both; the ID."""
        user = Somebody(**{"id": "M10001", "properties": (OAKS, ELMS), **differently})  # type: ignore[arg-type]
        self.knows(user, coordinator(), certified=[(user.id, "M90001", IN_LAST_WINDOW)])
        return user.id

    def knows_staff(self, *staff: Somebody, others: Collection[Somebody] = ()) -> list[str]:
        """The coordinator M90001, all of *staff* assigned to M90001, and *others*; the IDs."""
        ids = [each.id for each in staff]
        everybody = (*staff, coordinator(), *others)
        self.says(extract_of(*everybody, staff=[("M90001", each) for each in ids]))
        return ids
