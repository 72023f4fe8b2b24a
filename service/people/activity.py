"""The activity of people: one day each, which only moves forward."""

from collections.abc import Mapping

from sqlalchemy import Connection

from models.gate import Activity
from models.prepared import Prepared
from models.upsert import insert_or_move, moving

_MOVE = Prepared(
    lambda dialect: moving(dialect, Activity, key="person_id", forward="last_on"),
    *("person_id", "last_on"),
)


def move_to(connection: Connection, person_id: str, day: str) -> None:
    """Move the activity of one person to *day*, never backwards."""
    _MOVE.run(connection, person_id=person_id, last_on=day)


def move_activity(connection: Connection, days: Mapping[str, str]) -> None:
    """Move the activity of people to the *days* given, never backwards; '' says nothing."""
    rows = [{"person_id": i, "last_on": day} for i, day in sorted(days.items()) if day]
    if rows:
        move = insert_or_move(connection, Activity, key="person_id", forward="last_on")
        connection.execute(move, rows)
