"""Flags on roles and actions, and the properties each is about."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert

from models.certification import Flag, FlagScope


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagSaid:
    """A flag on an item of a person: by whom, on which day, about which properties."""

    person_id: str
    item: str
    by: str
    on: str
    properties: frozenset[int]


def add_flag(connection: Connection, said: FlagSaid) -> int:
    """Keep one flag; its number."""
    values = {
        "person_id": said.person_id,
        "item": said.item,
        "coordinator_id": said.by,
        "flagged_on": said.on,
    }
    added = insert(Flag).values(**values).returning(Flag.id)
    number = connection.execute(added).scalar_one()
    if rows := [{"flag_id": number, "property_id": p} for p in sorted(said.properties)]:
        connection.execute(insert(FlagScope), rows)
    return number
