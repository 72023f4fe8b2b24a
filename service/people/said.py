"""People, roles and properties as WASS says them: how their tables follow what is staged."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    Connection,
    Insert,
    and_,
    case,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    true,
    update,
)

from models.access import Property
from models.people import Person, PersonRole
from models.staging import PEOPLE, PROPERTIES, ROLES
from models.upsert import adding
from service.people.sync import (
    DAY,
    Sync,
    Told,
    counted,
    has_standing,
    is_touched,
    run,
    within,
)

_person, _role, _property = (m.__table__.c for m in (Person, PersonRole, Property))
_said, _said_role, _said_property = PEOPLE.c, ROLES.c, PROPERTIES.c
#: What is the last word of WASS about a person.
_LAST_WORD = (
    *("population", "marked_coordinator", "created_on", "terminated"),
    *("wass_last_access_on", "password_changed_on", "organisation"),
)


@cache
def people(whole: bool) -> Sync:
    """Whoever WASS says no more becomes terminated, never deleted."""
    about = within(_person.id, whole)
    same = _person.id == _said.id
    differs = or_(
        *(_person[name].is_distinct_from(_said[name]) for name in _LAST_WORD),
        _person.wass_spoke_on != DAY,
        _later(_said.rob_accepted_on, _person.rob_accepted_on),
    )
    gone = and_(~_person.terminated, ~exists().where(_said.id == _person.id))
    values: dict[str, Any] = {name: _said[name] for name in _LAST_WORD}
    values["rob_accepted_on"] = case(
        (_later(_said.rob_accepted_on, _person.rob_accepted_on), _said.rob_accepted_on),
        else_=_person.rob_accepted_on,  # somebody may have accepted here meanwhile
    )
    return Sync(
        before=counted(_person.id, ~_person.terminated, about),
        touched=(
            select(_said.id).where(~has_standing(_said.id)),
            select(_person.id).join(PEOPLE, same).where(differs, about),
            select(_person.id).where(gone, about),
        ),
        changed=update(Person)
        .where(same, differs, is_touched(_person.id))
        .values(**values, wass_spoke_on=DAY),
        ended=update(Person)
        .where(gone, is_touched(_person.id))
        .values(terminated=true(), wass_spoke_on=DAY),
    )


def add_newcomers(connection: Connection, told: Told) -> int:
    """Add those whom WASS says for the first time; whoever was quicker about one is waited for."""
    return run(connection, _newcomers(connection.dialect.name), told)


@cache
def _newcomers(dialect: str) -> Insert:
    names = (*_LAST_WORD, "rob_accepted_on")
    said = select(_said.id, *(_said[name] for name in names), DAY)
    new = said.where(~exists().where(_person.id == _said.id)).order_by(_said.id)
    columns = ["id", *names, "wass_spoke_on"]
    added: Insert = adding(dialect, Person).from_select(columns, new)
    return added


@cache
def roles(whole: bool) -> Sync:
    """A role that comes back was assigned on the day it did.

    So was one that is new for somebody known before.
    """
    about = within(_role.person_id, whole)
    same = and_(_role.person_id == _said_role.person_id, _role.role == _said_role.role)
    new, back = ~exists().where(same), _role.ended_on.is_not(None)
    said = _said_role.assigned_on
    differs = or_(back, and_(said.is_not(None), said.is_distinct_from(_role.assigned_on)))
    gone = and_(_role.ended_on.is_(None), ~exists().where(same))
    since = case((has_standing(_said_role.person_id), func.coalesce(said, DAY)), else_=said)
    added = select(_said_role.person_id, _said_role.role, since)
    return Sync(
        before=counted(_role.person_id, _role.ended_on.is_(None), about),
        touched=(
            select(_said_role.person_id).where(new, has_standing(_said_role.person_id)),
            select(_role.person_id).join(ROLES, same).where(differs, about),
            select(_role.person_id).where(gone, about),
        ),
        added=insert(PersonRole).from_select(
            ["person_id", "role", "assigned_on"],
            added.where(new, is_touched(_said_role.person_id)).order_by(
                _said_role.person_id, _said_role.role
            ),
        ),
        changed=update(PersonRole)
        .where(same, differs, is_touched(_role.person_id))
        .values(assigned_on=case((back, _later_of(said, DAY)), else_=said), ended_on=null()),
        ended=update(PersonRole).where(gone, is_touched(_role.person_id)).values(ended_on=DAY),
    )


@cache
def properties() -> Sync:
    """A property WASS says no more has ended."""
    names = ("name", "city", "state", "organisation")
    same = _property.property_id == _said_property.property_id
    differs = or_(
        *(_property[name] != _said_property[name] for name in names),
        _property.ended_on.is_not(None),
    )
    said = select(_said_property.property_id, *(_said_property[name] for name in names))
    gone = and_(_property.ended_on.is_(None), ~exists().where(same))
    return Sync(
        before=counted(_property.property_id, _property.ended_on.is_(None)),
        added=insert(Property).from_select(
            ["property_id", *names],
            said.where(~exists().where(same)).order_by(_said_property.property_id),
        ),
        changed=update(Property)
        .where(same, differs)
        .values({name: _said_property[name] for name in names} | {"ended_on": null()}),
        ended=update(Property).where(gone).values(ended_on=DAY),
    )


def _later(said: ColumnElement[Any], kept: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether what is said is a day later than what is kept, or the first."""
    return and_(said.is_not(None), or_(kept.is_(None), said > kept))


def _later_of(said: ColumnElement[Any], day: ColumnElement[Any]) -> Case[Any]:
    return case((said > day, said), else_=day)
