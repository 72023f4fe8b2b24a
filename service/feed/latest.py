"""When WASS was last heard by a feed."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select, text

from models.ledger import NO_LOGIN, Entry
from service.feed.importing import KIND


def fed_at(connection: Connection, zone: ZoneInfo) -> datetime | None:
    """The instant the last feed speaks of; None before the first.

    A feed of the day it came speaks of the moment it came, one of a day before of that day's end.
    """
    imports = select(Entry.as_of, Entry.body).where(Entry.kind == KIND, text(NO_LOGIN))
    found = connection.execute(imports.order_by(Entry.id.desc()).limit(1)).first()
    if found is None:
        return None
    day = date.fromisoformat(orjson.loads(found.body)["day"])
    ended: datetime = datetime.combine(day + timedelta(days=1), time(), zone)
    came: datetime = found.as_of
    return min(came, ended.astimezone(came.tzinfo))
