"""WASS speaks: its truth about everybody (the feed) or about one person, into the tables.

What the service owns (activity, unlocks, acceptances, staff, requests, flags) is never taken away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from models.staging import look_up_by_key
from service.core.catalogue import Catalogue
from service.people.activity import move_activity
from service.people.change import Change
from service.people.extract import Extract
from service.people.pairs import OF_PEOPLE, add_staff, contracts, pairs
from service.people.requests import Requests, not_kept
from service.people.said import add_newcomers, people, properties, roles
from service.people.staged import stage
from service.people.standing import rewrite
from service.people.sync import Sync, apply, count, hold, told, touch, touched_people

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of an extract, table by table, and how many standings it changed."""

    changes: dict[str, Change]
    standings: int

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """The rows of each table that were added, changed and ended."""
        return {
            name: {"added": change.added, "changed": change.changed, "ended": change.ended}
            for name, change in self.changes.items()
        }


def speak(
    connection: Connection,
    extract: Extract,
    *,
    day: str,
    catalogue: Catalogue,
    about: frozenset[str] | None = None,
    progress: Progress = lambda _: None,
) -> Spoken:
    """Make *extract* the truth on *day*, about everybody or only about the people *about*."""
    given = stage(connection, extract)
    return speak_staged(
        connection, given, day=day, catalogue=catalogue, about=about, progress=progress
    )


def speak_staged(
    connection: Connection,
    given: frozenset[str],
    *,
    day: str,
    catalogue: Catalogue,
    about: frozenset[str] | None = None,
    progress: Progress = lambda _: None,
) -> Spoken:
    """The same with what is staged of the tables *given*; *progress* hears what is written."""
    values, syncs = told(day, about), _syncs(given, whole=about is None)
    before = {name: count(connection, sync, values) for name, sync in syncs.items()}
    progress("people")
    newcomers = add_newcomers(connection, values) if "people" in given else 0
    finding = [each for sync in syncs.values() for each in sync.touched]
    touch(connection, [*finding, *(not_kept() if "certifications" in given else ())], values)
    hold(connection)
    changes: dict[str, Change] = {}
    for name, sync in syncs.items():
        progress(name)
        added = newcomers if name == "people" else 0
        changes[name] = apply(connection, sync, before[name], values, added=added)
    changes["staff"] = add_staff(connection) if "staff" in given else Change()
    progress("standings")
    look_up_by_key(connection)
    requests, rewritten = Requests(connection, catalogue), 0
    for ids in touched_people(connection):
        rewritten += rewrite(connection, ids, requests.add)
    changes["certifications"] = Change(added=requests.added)
    # After the standings, as at a login: whoever locks both locks them in this order.
    if "people" in given:
        move_activity(connection)
    return Spoken(changes, rewritten)


def _syncs(given: frozenset[str], *, whole: bool) -> dict[str, Sync]:
    """How each table that is given follows, in the order they are written."""
    made: dict[str, Callable[[], Sync]] = {
        "people": lambda: people(whole),
        "roles": lambda: roles(whole),
        "properties": properties,
        "contracts": contracts,
        **{name: partial(pairs, name, whole) for name in OF_PEOPLE},
    }
    return {name: make() for name, make in made.items() if name in given}
