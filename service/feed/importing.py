"""Importing a feed: staged, spoken in one transaction, refused when it would end too much."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from models.staging import ROLES
from service.feed.reading import read_feed
from service.ledger.entries import Entry, append
from service.login.gather import active_court
from service.people.change import Change
from service.people.wass import Spoken, speak_staged
from service.policy.active import Courts

#: What an import is called in the ledger.
KIND = "feed_import"


class ShrinkError(Exception):
    """The feed would end more than a tenth of some tables, and nobody said it is meant."""

    def __init__(self, shrinking: Mapping[str, Change]) -> None:
        self.shrinking = shrinking
        said = (f"{c.ended} of {c.before} {name}" for name, c in shrinking.items())
        super().__init__(
            f"the feed would end {', '.join(said)}; if that is meant, say --allow-shrink"
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """The day WASS spoke of, what it changed, and roles the catalogue does not know."""

    day: str
    spoken: Spoken
    strange_roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Whom to tell: bytes read of a file, and each table that is being written."""

    read: Callable[[str, int], None] = lambda _file, _bytes: None
    write: Callable[[str], None] = lambda _table: None


def import_feed(
    connection: Connection,
    folder: Path,
    *,
    courts: Courts,
    as_of: datetime,
    day: str = "",
    allow_shrink: bool = False,
    progress: Progress,
) -> Imported:
    """Make the feed in *folder* the truth of *day* (default: the day of *as_of*).

    Raises FeedError with every bad row, ShrinkError; the caller's transaction then rolls back.
    """
    book = active_court(connection, courts).book
    day = day or book.calendar.day_of(as_of)
    given = read_feed(
        connection,
        folder,
        populations=frozenset(book.catalogue.populations),
        as_of=day,
        progress=progress.read,
    )
    spoken = speak_staged(
        connection, given, day=day, catalogue=book.catalogue, progress=progress.write
    )
    shrinking = {name: change for name, change in spoken.changes.items() if change.shrinks}
    if shrinking and not allow_shrink:
        raise ShrinkError(shrinking)
    _enter(connection, day, spoken, as_of)
    return Imported(day, spoken, _strange_roles(connection, frozenset(book.catalogue.roles)))


def _strange_roles(connection: Connection, known: frozenset[str]) -> frozenset[str]:
    return frozenset(connection.scalars(select(ROLES.c.role).distinct())) - known


def _enter(connection: Connection, day: str, spoken: Spoken, as_of: datetime) -> None:
    said = {"day": day, "changes": spoken.counts, "standings": spoken.standings}
    append(connection, Entry(kind=KIND, as_of=as_of, outcome="done", said=said))
