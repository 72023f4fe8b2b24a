"""The rules that count, and the feed they are judged on."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from service.checks.database import UPGRADE, age
from service.checks.finding import Finding, bars, note, ok, wrong
from service.core.findings import RulebookError
from service.feed.latest import fed_at
from service.login.gather import active_court
from service.policy.active import Courts
from service.policy.revisions import active_since

#: WASS speaks every day; who hears nothing for longer should ask why.
STALE = timedelta(days=3)
_ROLL_BACK = "`gatehouse policy rollback` goes back to the one before"


def policy(connection: Connection, courts: Courts, now: datetime) -> Finding:
    """Whether there is an active rulebook that can be judged by."""
    try:
        court = active_court(connection, courts)
    except (LookupError, ValueError) as error:
        return bars("policy", str(error), UPGRADE)
    except RulebookError as error:
        return bars("policy", f"the active one is no rulebook here: {error}", _ROLL_BACK)
    since = active_since(connection)
    found = f"{court.book.digest} compiles; active since {age(since, now)}"
    return ok("policy", found)


def feed(connection: Connection, courts: Courts, now: datetime) -> Finding:
    """Whether WASS was heard lately; a house that never had a feed hears of people otherwise."""
    zone = active_court(connection, courts).book.calendar.zone
    heard = fed_at(connection, zone)
    if heard is None:
        return note("feed", "none was ever imported")
    found = f"the last one speaks of {heard.isoformat(timespec='minutes')}, {age(heard, now)}"
    if now - heard > STALE:
        return wrong("feed", found, "run `gatehouse feed import DIR`, or ask WASS why none came")
    return ok("feed", found)
