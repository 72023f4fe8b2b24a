"""Tables that are nothing but pairs: somebody (or a contract) and what belongs to them."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    and_,
    delete,
    exists,
    insert,
    select,
    true,
)

from models.access import (
    BusinessPartner,
    ContractAssignment,
    ContractProperty,
    PropertyAssignment,
    Staff,
)
from models.base import Base
from models.staging import CONTRACTS, STAFF, TABLES
from models.upsert import adding
from service.people.change import Change
from service.people.sync import Sync, counted, has_standing, is_touched, run, within

#: The tables of pairs that belong to somebody, by what the feed calls them.
OF_PEOPLE: dict[str, type[Base]] = {
    "property_assignments": PropertyAssignment,
    "contract_assignments": ContractAssignment,
    "business_partners": BusinessPartner,
}


@cache
def pairs(name: str, whole: bool) -> Sync:
    """What is staged is the whole truth of the table, or of those rows WASS speaks about."""
    kept, said = OF_PEOPLE[name].__table__.c, TABLES[name].c
    owner, said_owner = next(iter(kept)), next(iter(said))
    about = within(owner, whole)
    new, gone = _missing(name, OF_PEOPLE[name])
    return Sync(
        before=counted(owner, about),
        touched=(
            select(said_owner).where(new, has_standing(said_owner)),
            select(owner).where(gone, about),
        ),
        added=_adding(name, OF_PEOPLE[name], and_(new, is_touched(said_owner))),
        ended=delete(OF_PEOPLE[name]).where(gone, is_touched(owner)),
    )


@cache
def contracts() -> Sync:
    """Contracts belong to nobody; whoever has one assigned is touched when it changes."""
    new, gone = _missing("contracts", ContractProperty)
    changed = (
        select(CONTRACTS.c.contract_number).where(new),
        select(ContractProperty.contract_number).where(gone),
    )
    held = ContractAssignment.contract_number
    return Sync(
        before=counted(ContractProperty.__table__.c.contract_number),
        touched=tuple(select(ContractAssignment.person_id).where(held.in_(c)) for c in changed),
        added=_adding("contracts", ContractProperty, new),
        ended=delete(ContractProperty).where(gone),
    )


def add_staff(connection: Connection) -> Change:
    """Add the relations that are new; they touch nobody."""
    return Change(added=run(connection, _new_staff(connection.dialect.name), {}))


@cache
def _new_staff(dialect: str) -> Insert:
    new, _ = _missing("staff", Staff)
    said = select(STAFF.c.coordinator_id, STAFF.c.user_id).where(new)
    ordered = said.order_by(STAFF.c.coordinator_id, STAFF.c.user_id)
    added: Insert = adding(dialect, Staff).from_select(["coordinator_id", "user_id"], ordered)
    return added


def _missing(name: str, model: type[Base]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a row that is said is not kept, and whether one that is kept is not said."""
    kept, said = model.__table__.c, TABLES[name].c
    same = and_(*(column == said[column.name] for column in kept))
    return ~exists(
        select(true()).select_from(model.__table__).where(same).correlate(TABLES[name])
    ), ~exists(select(true()).select_from(TABLES[name]).where(same).correlate(model.__table__))


def _adding(name: str, model: type[Base], where: ColumnElement[bool]) -> Any:
    columns = [TABLES[name].c[column.name] for column in model.__table__.c]
    said = select(*columns).where(where).order_by(*columns)
    return insert(model).from_select([column.name for column in columns], said)
