"""The database: its schema, what it forgets, its clock, who may do what, its room."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from models.durability import weakness
from models.grants import beyond
from models.moment import moment
from models.partitions import owned
from models.schema import at_head
from service.checks.finding import Finding, bars, note, ok, wrong
from service.clock import Clock

UPGRADE = "run `gatehouse db upgrade`"
#: How far the clocks of host and database may be from each other.
_OFF = timedelta(seconds=5)
#: Room on the disk of an embedded database below which little is left to write.
_ROOM_MB = 200
_MB = 1_000_000


def schema(connection: Connection) -> Finding:
    """Whether the schema is the one of this version."""
    if at_head(connection):
        return ok("schema", "it is this version's")
    return bars("database", "the schema is not this version's", UPGRADE)


def durability(connection: Connection) -> Finding:
    """Whether what is answered outlives a power failure."""
    if weak := weakness(connection):
        return bars("database", f"it may not keep what is answered: {weak}")
    return ok("durability", "what is committed is kept")


def pages(connection: Connection) -> Finding:
    """Whether every page is in order; a server that is asked for one looks at it by itself."""
    if connection.dialect.name == "postgresql":
        if connection.exec_driver_sql("SHOW data_checksums").scalar() == "on":
            return ok("pages", "the server keeps a checksum of each")
        cure = "`pg_checksums --enable` while it stands still"
        return note("pages", "the server keeps no checksums of them", cure)
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    if found == "ok":
        return ok("pages", "each can be read and is in its place")
    return bars("pages", f"damaged: {found}", "stop the service, restore a backup and verify it")


def clocks(connection: Connection, clock: Clock) -> Finding:
    """How far the host's clock is from the database's, where that has one of its own."""
    before = clock()
    theirs = moment(connection)
    if theirs is None:
        return ok("clock", "the database has none of its own")
    off, asking = clock() - theirs, clock() - before
    if max(off, -off) <= _OFF + asking:
        return ok("clock", f"within {_OFF.seconds} s of the database's")
    side = "ahead of" if off > timedelta() else "behind"
    seconds = abs(off).total_seconds()
    cure = "let both hosts keep time by NTP"
    return wrong("clock", f"this host's is {seconds:.0f} s {side} the database's", cure)


def rights(connection: Connection, *, owner_named: bool) -> Finding:
    """Whether the service's role may do more than it has to; only PostgreSQL has roles."""
    if connection.dialect.name != "postgresql":
        return ok("rights", "an embedded database is a file; whoever may write it may do all")
    cure = "run `gatehouse db upgrade` with GATEHOUSE_OWNER_URL of another role"
    if owned(connection):
        found = "the service owns its tables: it could take away the ledger's guards"
        return wrong("rights", found, cure) if owner_named else note("rights", found, cure)
    if more := beyond(connection):
        return wrong("rights", f"the service may {', '.join(more)}", cure)
    return ok("rights", "the ledger can only be added to by the service's role")


def room(database: Path) -> Finding:
    """How much room the disk of an embedded *database* has."""
    free = shutil.disk_usage(database.parent).free // _MB
    found = f"{free:,} MB free for {database}"
    if free < _ROOM_MB:
        return wrong("disk", found, "make room: without any, nobody is let in")
    return ok("disk", found)


def age(then: datetime, now: datetime) -> str:
    """How long ago *then* was, in the largest unit that fits."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if count := seconds // size:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds} s ago"
