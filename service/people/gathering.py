"""A person's standing, gathered from the tables it comes from."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, func, select, type_coerce

from models.access import BusinessPartner, ContractAssignment, ContractProperty, PropertyAssignment
from models.certification import (
    CertificationRequest,
    CertificationScope,
    Flag,
    FlagScope,
    Unlock,
)
from models.collected import collected, within_a_row
from models.days import day_text
from models.members import listed, texts
from models.people import Person, PersonRole
from models.prepared import Prepared
from models.types import AnySelect
from service.core.standing import Flag as FlagOf
from service.core.standing import Request, RoleHeld, Standing

_BATCH = 2_000


def gather_standings(connection: Connection, ids: Collection[str]) -> dict[str, Standing]:
    """The standings of *ids*, from the tables they come from; unknown IDs are left out."""
    found: dict[str, Standing] = {}
    for batch in in_batches(ids):
        rows = _GATHER.rows(connection, ids=listed(batch))
        found |= {row[0]: _standing(*row) for row in rows}
    return found


def with_requests(
    connection: Connection, standings: Mapping[str, Standing]
) -> dict[str, Standing]:
    """The same people with their requests as they are now."""
    rows = _REQUESTS_ALONE.rows(connection, ids=listed(standings))
    return {i: replace(standings[i], requests=_requests(_read(made))) for i, made in rows}


def in_batches(ids: Collection[str]) -> Iterator[Sequence[str]]:
    """The *ids* in their order, so many at once as one statement takes."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]


def _gather(dialect: str) -> AnySelect:
    """Everything about some people, a row each."""
    return select(
        Person.id,
        Person.population,
        type_coerce(Person.marked_coordinator, Integer),
        type_coerce(Person.terminated, Integer),
        day_text(Person.created_on),
        day_text(Person.wass_spoke_on),
        day_text(Person.wass_last_access_on),
        day_text(Person.password_changed_on),
        day_text(Person.rob_accepted_on),
        select(day_text(func.max(Unlock.unlocked_on)))
        .where(Unlock.person_id == Person.id)
        .scalar_subquery(),
        collected(
            PersonRole.role,
            day_text(PersonRole.assigned_on),
            day_text(PersonRole.ended_on),
            where=PersonRole.person_id == Person.id,
        ),
        collected(PropertyAssignment.property_id, where=PropertyAssignment.person_id == Person.id),
        _CONTRACTS,
        collected(BusinessPartner.property_id, where=BusinessPartner.coordinator_id == Person.id),
        _REQUESTS,
        _FLAGS,
    ).where(Person.id.in_(texts(dialect, "ids")))


_CONTRACTS = collected(
    ContractAssignment.contract_number,
    within_a_row(
        ContractProperty.property_id,
        ContractProperty.contract_number == ContractAssignment.contract_number,
    ),
    where=ContractAssignment.person_id == Person.id,
)
_REQUESTS = collected(
    day_text(CertificationRequest.requested_on),
    CertificationRequest.id,
    CertificationRequest.coordinator_id,
    CertificationRequest.counts,
    CertificationRequest.everywhere,
    within_a_row(
        CertificationScope.property_id, CertificationScope.request_id == CertificationRequest.id
    ),
    where=CertificationRequest.person_id == Person.id,
)
_FLAGS = collected(
    day_text(Flag.flagged_on),
    Flag.id,
    Flag.item,
    Flag.coordinator_id,
    within_a_row(FlagScope.property_id, FlagScope.flag_id == Flag.id),
    where=(Flag.person_id == Person.id) & Flag.withdrawn_on.is_(None),
)
_GATHER = Prepared(_gather)
_REQUESTS_ALONE = Prepared(
    lambda dialect: select(Person.id, _REQUESTS).where(Person.id.in_(texts(dialect, "ids")))
)
_NONE = "[]"


def _standing(
    person_id: str,
    population: str,
    marked_coordinator: int,
    terminated: int,
    created_on: str,
    wass_spoke_on: str,
    wass_last_access_on: str,
    password_changed_on: str,
    rob_accepted_on: str,
    unlocked_on: str,
    roles: str,
    properties: str,
    contracts: str,
    bpr: str,
    requests: str,
    flags: str,
) -> Standing:
    """One row of what is gathered; lists come in any order."""
    return Standing(
        person_id=person_id,
        population=population,
        marked_coordinator=bool(marked_coordinator),
        terminated=bool(terminated),
        created_on=created_on,
        wass_spoke_on=wass_spoke_on,
        wass_last_access_on=wass_last_access_on,
        password_changed_on=password_changed_on,
        rob_accepted_on=rob_accepted_on,
        unlocked_on=unlocked_on,
        roles=tuple([RoleHeld(*row) for row in sorted(_read(roles))]),
        properties=frozenset(_read(properties)),
        contracts={number: frozenset(own) for number, own in sorted(_read(contracts))},
        bpr=frozenset(_read(bpr)),
        requests=_requests(_read(requests)),
        flags=_flags(_read(flags)),
    )


def _read(text: str) -> list[Any]:
    return [] if text == _NONE else orjson.loads(text)


def _requests(rows: list[Any]) -> tuple[Request, ...]:
    made = [
        Request(by, on, bool(counts), bool(everywhere), frozenset(covers))
        for on, _, by, counts, everywhere, covers in sorted(rows)
    ]
    return tuple(made)


def _flags(rows: list[Any]) -> tuple[FlagOf, ...]:
    made = [
        FlagOf(item, by, on, frozenset(own), number) for on, number, item, by, own in sorted(rows)
    ]
    return tuple(made)
