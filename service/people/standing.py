"""A person's standing: gathered from the tables, kept in one row, rewritten with every change."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select, update

from models.access import BusinessPartner, ContractAssignment, ContractProperty, PropertyAssignment
from models.certification import (
    CertificationRequest,
    CertificationScope,
    Flag,
    FlagScope,
    Unlock,
)
from models.people import Person, PersonRole
from models.people import Standing as StandingRow
from models.types import AnyRow, AnySelect
from service.core.standing import Flag as FlagOf
from service.core.standing import Request, RoleHeld, Standing, to_plain

_BATCH = 500


def rewrite(connection: Connection, ids: Collection[str]) -> int:
    """Bring the standing rows of *ids* up to their tables; how many changed (version + 1)."""
    changed = 0
    for batch in _batches(sorted(ids)):
        changed += _rewrite_batch(connection, batch)
    return changed


def gather_standings(connection: Connection, ids: Collection[str]) -> dict[str, Standing]:
    """The standings of *ids*, from the tables they come from; unknown IDs are left out."""
    found: dict[str, Standing] = {}
    for batch in _batches(sorted(ids)):
        tables = _Tables(connection, batch)
        people = connection.execute(_PEOPLE, {"ids": batch})
        found |= {person.id: tables.standing(person) for person in people}
    return found


def _rewrite_batch(connection: Connection, ids: Sequence[str]) -> int:
    stored = connection.execute(_STORED, {"ids": ids})
    before = {row.person_id: row.document for row in stored}
    now = {i: to_plain(each) for i, each in gather_standings(connection, ids).items()}
    new = [i for i in now if i not in before]
    if new:
        rows = [{"person_id": i, "version": 1, "document": now[i]} for i in new]
        connection.execute(insert(StandingRow), rows)
    changed = [i for i in now if i in before and now[i] != before[i]]
    for person_id in changed:
        connection.execute(
            update(StandingRow)
            .where(StandingRow.person_id == person_id)
            .values(version=StandingRow.version + 1, document=now[person_id])
        )
    return len(new) + len(changed)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


class _Tables:
    """Everything about a batch of people, one query a table."""

    def __init__(self, connection: Connection, ids: Sequence[str]) -> None:
        self._connection = connection
        self._ids = ids
        self._roles = self._grouped(_ROLES)
        self._properties = self._grouped(_PROPERTIES)
        self._contracts = self._grouped(_CONTRACTS)
        self._bpr = self._grouped(_BPR)
        self._requests = self._grouped(_REQUESTS)
        self._flags = self._grouped(_FLAGS)
        self._unlocks = self._grouped(_UNLOCKS)

    def standing(self, person: AnyRow) -> Standing:
        return Standing(
            person_id=person.id,
            population=person.population,
            marked_coordinator=person.marked_coordinator,
            terminated=person.terminated,
            created_on=person.created_on,
            wass_spoke_on=person.wass_spoke_on,
            wass_last_access_on=person.wass_last_access_on,
            password_changed_on=person.password_changed_on,
            rob_accepted_on=person.rob_accepted_on,
            unlocked_on=max((day for _, day in self._unlocks[person.id]), default=""),
            roles=tuple(RoleHeld(*row[1:]) for row in self._roles[person.id]),
            properties=frozenset(row[1] for row in self._properties[person.id]),
            contracts=_contracts(self._contracts[person.id]),
            bpr=frozenset(row[1] for row in self._bpr[person.id]),
            requests=tuple(_requests(self._requests[person.id])),
            flags=tuple(_flags(self._flags[person.id])),
        )

    def _grouped(self, query: AnySelect) -> defaultdict[str, list[AnyRow]]:
        grouped: defaultdict[str, list[AnyRow]] = defaultdict(list)
        for row in self._connection.execute(query, {"ids": self._ids}):
            grouped[row[0]].append(row)
        return grouped


# Built once: building a statement takes longer than running it.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_PEOPLE = select(Person.__table__).where(Person.id.in_(_IDS))
# Held before the tables are read, so that no change of somebody else's is left out.
_STORED = (
    select(StandingRow.person_id, StandingRow.document)
    .where(StandingRow.person_id.in_(_IDS))
    .order_by(StandingRow.person_id)
    .with_for_update()
)
_ROLES = (
    select(PersonRole.person_id, PersonRole.role, PersonRole.assigned_on, PersonRole.ended_on)
    .where(PersonRole.person_id.in_(_IDS))
    .order_by(PersonRole.role)
)
_PROPERTIES = select(PropertyAssignment.person_id, PropertyAssignment.property_id).where(
    PropertyAssignment.person_id.in_(_IDS)
)
_CONTRACTS = (
    select(
        ContractAssignment.person_id,
        ContractAssignment.contract_number,
        ContractProperty.property_id,
    )
    .outerjoin(
        ContractProperty, ContractProperty.contract_number == ContractAssignment.contract_number
    )
    .where(ContractAssignment.person_id.in_(_IDS))
)
_BPR = select(BusinessPartner.coordinator_id, BusinessPartner.property_id).where(
    BusinessPartner.coordinator_id.in_(_IDS)
)
_REQUESTS = (
    select(
        CertificationRequest.person_id,
        CertificationRequest.id,
        CertificationRequest.coordinator_id,
        CertificationRequest.requested_on,
        CertificationRequest.counts,
        CertificationRequest.everywhere,
        CertificationScope.property_id,
    )
    .outerjoin(CertificationScope, CertificationScope.request_id == CertificationRequest.id)
    .where(CertificationRequest.person_id.in_(_IDS))
    .order_by(CertificationRequest.requested_on, CertificationRequest.id)
)
_FLAGS = (
    select(
        Flag.person_id,
        Flag.id,
        Flag.item,
        Flag.coordinator_id,
        Flag.flagged_on,
        FlagScope.property_id,
    )
    .outerjoin(FlagScope, FlagScope.flag_id == Flag.id)
    .where(Flag.person_id.in_(_IDS), Flag.withdrawn_on.is_(None))
    .order_by(Flag.flagged_on, Flag.id)
)
_UNLOCKS = (
    select(Unlock.person_id, func.max(Unlock.unlocked_on))
    .where(Unlock.person_id.in_(_IDS))
    .group_by(Unlock.person_id)
)


def _contracts(rows: Iterable[AnyRow]) -> dict[str, frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for _, number, property_id in rows:
        found[number] |= set() if property_id is None else {property_id}
    return {number: frozenset(found[number]) for number in sorted(found)}


def _requests(rows: Iterable[AnyRow]) -> Iterator[Request]:
    for (_, by, on, counts, everywhere), covers in _scoped(rows):
        yield Request(by, on, counts, everywhere, covers)


def _flags(rows: Iterable[AnyRow]) -> Iterator[FlagOf]:
    for (number, item, by, on), properties in _scoped(rows):
        yield FlagOf(item, by, on, properties, number)


def _scoped(rows: Iterable[AnyRow]) -> Iterator[tuple[tuple[Any, ...], frozenset[int]]]:
    """Rows that differ only in their last column, the property, as one with the set of those."""
    grouped: dict[tuple[Any, ...], set[int]] = {}
    for row in rows:
        properties = grouped.setdefault(tuple(row[1:-1]), set())
        properties |= set() if row[-1] is None else {row[-1]}
    return ((key, frozenset(properties)) for key, properties in grouped.items())
