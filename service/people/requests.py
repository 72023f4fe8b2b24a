"""Requests for recertification made before, as imports and histories give them."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from models.certification import CertificationRequest, CertificationScope
from models.upsert import insert_new
from service.core.catalogue import Catalogue
from service.core.measure import global_roles_only, properties_of
from service.core.standing import Standing
from service.people.change import Change
from service.people.extract import CertificationSaid
from service.people.standing import gather_standings


@dataclass(frozen=True, slots=True)
class Scope:
    """What a request covers, and whether it counts (domain.md a.3, What a request covers)."""

    counts: bool
    everywhere: bool
    properties: frozenset[int]


def scope_of(person: Standing, coordinator: Standing, catalogue: Catalogue) -> Scope:
    """The scope of a request that *coordinator* makes for *person* with today's BPR."""
    population = catalogue.populations[person.population]
    if not _may_certify(coordinator, person, catalogue):
        return Scope(counts=False, everywhere=False, properties=frozenset())
    if not population.property_scope:
        return Scope(counts=True, everywhere=True, properties=frozenset())
    bpr = coordinator.bpr
    shared = bool(bpr & properties_of(person, catalogue))
    return Scope(shared or global_roles_only(person, catalogue), everywhere=False, properties=bpr)


def _may_certify(coordinator: Standing, person: Standing, catalogue: Catalogue) -> bool:
    """Nobody requests his own certification (Q10), nor that of another population (C-28).

    Whether the requester is still a coordinator is not asked: a request outlives that (C-22).
    """
    windows = [catalogue.populations[each.population].windows for each in (coordinator, person)]
    return coordinator.person_id != person.person_id and windows[0] == windows[1]


def add_requests(
    connection: Connection, said: frozenset[CertificationSaid], catalogue: Catalogue
) -> Change:
    """Keep the requests of *said* that are new."""
    if not said:
        return Change()
    new = sorted(
        said - _kept(connection),
        key=lambda s: (s.requested_on, s.person_id, s.coordinator_id),
    )
    standings = gather_standings(
        connection, {i for s in new for i in (s.person_id, s.coordinator_id)}
    )
    for each in new:
        scope = scope_of(standings[each.person_id], standings[each.coordinator_id], catalogue)
        add_request(connection, each, scope)
    return Change(added=len(new), people=frozenset(each.person_id for each in new))


def keep_request(connection: Connection, said: CertificationSaid, scope: Scope) -> None:
    """Keep one request; made again on the same day, it is one that covers what either did."""
    known = select(CertificationRequest.id).filter_by(
        person_id=said.person_id,
        coordinator_id=said.coordinator_id,
        requested_on=said.requested_on,
    )
    request_id = connection.execute(known).scalar()
    if request_id is None:
        add_request(connection, said, scope)
        return
    marks = {"counts": scope.counts, "everywhere": scope.everywhere}
    same = update(CertificationRequest).where(CertificationRequest.id == request_id)
    connection.execute(same.values(**marks))
    covers = select(CertificationScope.property_id).filter_by(request_id=request_id)
    _cover(connection, request_id, scope.properties - set(connection.scalars(covers)))


def add_request(connection: Connection, said: CertificationSaid, scope: Scope) -> None:
    """Keep one request with its *scope*, unless there is one of that day already."""
    values = {
        "person_id": said.person_id,
        "coordinator_id": said.coordinator_id,
        "requested_on": said.requested_on,
        "counts": scope.counts,
        "everywhere": scope.everywhere,
    }
    added = insert_new(connection, CertificationRequest).values(**values)
    request_id = connection.execute(added.returning(CertificationRequest.id)).scalar()
    if request_id is not None:
        _cover(connection, request_id, scope.properties)


def _cover(connection: Connection, request_id: int, properties: frozenset[int]) -> None:
    if rows := [{"request_id": request_id, "property_id": p} for p in sorted(properties)]:
        connection.execute(insert(CertificationScope), rows)


def _kept(connection: Connection) -> set[CertificationSaid]:
    kept = select(
        CertificationRequest.person_id,
        CertificationRequest.coordinator_id,
        CertificationRequest.requested_on,
    )
    return {CertificationSaid(*row) for row in connection.execute(kept)}
