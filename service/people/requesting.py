"""One request for recertification, as it is made here."""

from sqlalchemy import Connection, insert, select, update

from models.certification import CertificationRequest, CertificationScope
from models.upsert import insert_new
from service.people.extract import CertificationSaid
from service.people.scope import Scope


def keep_request(connection: Connection, said: CertificationSaid, scope: Scope) -> None:
    """Keep one request; made again on the same day, it is one that covers what either did."""
    known = select(CertificationRequest.id).filter_by(
        person_id=said.person_id,
        coordinator_id=said.coordinator_id,
        requested_on=said.requested_on,
    )
    request_id = connection.execute(known).scalar()
    if request_id is None:
        _add(connection, said, scope)
        return
    marks = {"counts": scope.counts, "everywhere": scope.everywhere}
    same = update(CertificationRequest).where(CertificationRequest.id == request_id)
    connection.execute(same.values(**marks))
    covers = select(CertificationScope.property_id).filter_by(request_id=request_id)
    _cover(connection, request_id, scope.properties - set(connection.scalars(covers)))


def _add(connection: Connection, said: CertificationSaid, scope: Scope) -> None:
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
