"""The activity of people: one day each, which only moves forward."""

from functools import cache

from sqlalchemy import Connection, Insert, exists, select

from models.gate import Activity
from models.prepared import Prepared
from models.staging import PEOPLE
from models.upsert import moving

_said = PEOPLE.c
_MOVE = Prepared(
    lambda dialect: moving(dialect, Activity, key="person_id", forward="last_on"),
    *("person_id", "last_on"),
)


def move_to(connection: Connection, person_id: str, day: str) -> None:
    """Move the activity of one person to *day*, never backwards."""
    _MOVE.run(connection, person_id=person_id, last_on=day)


def move_activity(connection: Connection) -> None:
    """Move the activity of the people staged to the days said, never backwards."""
    connection.execute(_to_the_days_said(connection.dialect.name))


@cache
def _to_the_days_said(dialect: str) -> Insert:
    said = select(_said.id, _said.last_activity_on).where(
        _said.last_activity_on.is_not(None),
        ~exists().where(
            Activity.person_id == _said.id, Activity.last_on >= _said.last_activity_on
        ),
    )
    move = moving(dialect, Activity, key="person_id", forward="last_on")
    moved: Insert = move.from_select(["person_id", "last_on"], said.order_by(_said.id))
    return moved
