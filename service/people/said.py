"""People, roles and properties as WASS says them, brought into their tables."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, and_, bindparam, case, insert, or_, select, update

from models.access import Property
from models.people import Person, PersonRole
from models.types import AnyRow
from service.people.change import Change
from service.people.extract import PersonSaid, PropertySaid


def sync_people(
    connection: Connection,
    said: Mapping[str, PersonSaid],
    day: str,
    about: frozenset[str] | None,
) -> Change:
    """Make *said* the truth; whoever WASS says no more becomes terminated, never deleted."""
    query = select(Person.__table__)
    if about is not None:
        query = query.where(Person.id.in_(about))
    before = {row.id: row for row in connection.execute(query)}
    gone = {i for i, row in before.items() if i not in said and not row.terminated}
    now = {i: _person(each, day, before.get(i)) for i, each in said.items()}
    now |= {i: dict(before[i]._mapping) | {"terminated": True, "wass_spoke_on": day} for i in gone}
    new, changed = _difference(now, before)
    _write(connection, Person, new, [now[i] for i in changed], ["id"])
    alive = sum(not row.terminated for row in before.values())
    return Change(
        before=alive,
        added=len(new),
        changed=len(changed) - len(gone),
        ended=len(gone),
        people=frozenset(row["id"] for row in new) | frozenset(changed),
    )


def _person(said: PersonSaid, day: str, before: AnyRow | None) -> dict[str, Any]:
    values = asdict(said)
    values["marked_coordinator"] = values.pop("coordinator")
    values["wass_spoke_on"] = day
    values.pop("last_activity_on")
    values["rob_accepted_on"] = max(said.rob_accepted_on, before.rob_accepted_on if before else "")
    return values


def sync_roles(
    connection: Connection,
    said: Mapping[tuple[str, str], str],
    day: str,
    about: frozenset[str] | None,
    *,
    known: frozenset[str],
) -> Change:
    """Make *said* the truth on *day*.

    A role that comes back was assigned on the day it did, and so was one that is new for somebody
    *known* before.
    """
    query = select(PersonRole.__table__)
    if about is not None:
        query = query.where(PersonRole.person_id.in_(about))
    before = {(row.person_id, row.role): row for row in connection.execute(query)}
    now = {
        key: _role(key, assigned, day, before.get(key), known) for key, assigned in said.items()
    }
    gone = {key for key, row in before.items() if key not in said and not row.ended_on}
    now |= {key: dict(before[key]._mapping) | {"ended_on": day} for key in gone}
    new, changed = _difference(now, before)
    _write(connection, PersonRole, new, [now[key] for key in changed], ["person_id", "role"])
    people = {row["person_id"] for row in new} | {person for person, _ in changed}
    return Change(
        before=sum(not row.ended_on for row in before.values()),
        added=len(new),
        changed=len(changed) - len(gone),
        ended=len(gone),
        people=frozenset(people),
    )


def _role(
    key: tuple[str, str], assigned: str, day: str, before: AnyRow | None, known: frozenset[str]
) -> dict[str, Any]:
    if before is None:
        since = assigned or (day if key[0] in known else "")
    elif before.ended_on:
        since = max(assigned, day)
    else:
        since = assigned or before.assigned_on
    return {"person_id": key[0], "role": key[1], "assigned_on": since, "ended_on": ""}


def sync_properties(connection: Connection, said: Mapping[int, PropertySaid], day: str) -> Change:
    """Make *said* the truth on *day*; a property WASS says no more has ended."""
    before = {row.property_id: row for row in connection.execute(select(Property.__table__))}
    now = {i: asdict(each) | {"ended_on": ""} for i, each in said.items()}
    gone = {i for i, row in before.items() if i not in said and not row.ended_on}
    now |= {i: dict(before[i]._mapping) | {"ended_on": day} for i in gone}
    new, changed = _difference(now, before)
    _write(connection, Property, new, [now[i] for i in changed], ["property_id"])
    return Change(
        before=sum(not row.ended_on for row in before.values()),
        added=len(new),
        changed=len(changed) - len(gone),
        ended=len(gone),
    )


_Key = TypeVar("_Key")
#: Days that only move forward, whoever moves them.
_LATER = {"rob_accepted_on"}


def _difference(
    now: Mapping[_Key, dict[str, Any]], before: Mapping[_Key, AnyRow]
) -> tuple[list[dict[str, Any]], list[_Key]]:
    new = [values for key, values in now.items() if key not in before]
    changed = [
        k for k, values in now.items() if k in before and values != dict(before[k]._mapping)
    ]
    return new, changed


def _write(
    connection: Connection,
    model: type[Any],
    new: list[dict[str, Any]],
    changed: list[dict[str, Any]],
    key: list[str],
) -> None:
    if new:
        connection.execute(insert(model), new)
    if not changed:
        return
    table = model.__table__
    matches = [table.c[name] == bindparam(f"_{name}") for name in key]
    values: dict[str, Any] = {
        name: _later_of(table.c[name]) if name in _LATER else bindparam(f"_{name}")
        for name in changed[0]
        if name not in key
    }
    rows = [{f"_{name}": value for name, value in row.items()} for row in changed]
    connection.execute(update(table).where(*matches).values(values), rows)


def _later_of(column: Column[Any]) -> Any:
    """What is kept or what is said, whichever is later: somebody may have moved it meanwhile."""
    said = bindparam(f"_{column.name}", type_=column.type)
    return case(
        (and_(column.is_not(None), or_(said.is_(None), column > said)), column), else_=said
    )
