"""Unlocking: a new span of use begins for everybody named, or for nobody."""

from sqlalchemy import Connection, insert

from models.certification import Unlock
from service.people.standing import rewrite
from service.recertification.consider import Considered
from service.recertification.result import Page, Result


def unlock(connection: Connection, considered: Considered, _: Page) -> Result:
    """Unlock everybody named, from today on. It is no activity: the last access stays."""
    call = considered.call
    by = {"unlocked_by": call.actor_id, "unlocked_on": considered.today}
    connection.execute(insert(Unlock), [{"person_id": i, **by} for i in call.user_ids])
    rewrite(connection, call.user_ids)
    return Result(fields={"people": list(call.user_ids), "unlocked_on": considered.today})
