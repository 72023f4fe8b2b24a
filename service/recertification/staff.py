"""Assigned staff: the list, a new relationship, the end of one."""

from typing import Any

from sqlalchemy import Connection, delete, select

from models.access import Staff
from models.upsert import insert_new
from service.recertification.consider import Considered
from service.recertification.result import Page, Result


def view_staff(connection: Connection, considered: Considered, page: Page) -> Result:
    """The staff assigned to the coordinator, in the order of the IDs."""
    people, more = staff_behind(connection, considered.call.coordinator, page, page.limit)
    return Result(fields={"people": people, "next_cursor": people[-1] if more else None})


def staff_behind(
    connection: Connection, coordinator_id: str, page: Page, most: int
) -> tuple[list[str], bool]:
    """So many at *most* of the staff that *page* asks for, and whether there are more."""
    query = select(Staff.user_id).where(
        Staff.coordinator_id == coordinator_id,
        Staff.user_id > page.cursor,
        Staff.user_id.contains(page.search, autoescape=True),
    )
    found = list(connection.scalars(query.order_by(Staff.user_id).limit(most + 1)))
    return found[:most], len(found) > most


def assign_staff(connection: Connection, considered: Considered, _: Page) -> Result:
    """Make the relationship; one that exists stays as it is."""
    connection.execute(insert_new(connection, Staff).values(**_relation(considered)))
    return Result(fields=_relation(considered))


def unassign_staff(connection: Connection, considered: Considered, _: Page) -> Result:
    """End the relationship; what was requested under it keeps counting."""
    connection.execute(delete(Staff).filter_by(**_relation(considered)))
    return Result(fields=_relation(considered))


def _relation(considered: Considered) -> dict[str, Any]:
    (user_id,) = considered.call.user_ids
    return {"coordinator_id": considered.call.coordinator, "user_id": user_id}
