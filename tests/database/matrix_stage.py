"""The database of the matrix: everybody in one world, each call played and taken back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import orjson
from sqlalchemy import Connection, select

from models.access import Staff
from models.base import Base
from service.core.call import Call
from service.people.caller import Caller
from service.policy.active import Court, Courts
from service.recertification.manage import manage
from service.recertification.result import LARGEST_PAGE, Page
from service.scenarios.reading import Scenario, Step
from service.scenarios.runner import Runner
from service.scenarios.world import World
from tests.core.policy_texts import shipped
from tests.database.matrix_oracle import (
    ACTOR_LOCKED,
    AT_MOST,
    TODAY,
    UNTIL,
    WINDOWS,
    Cell,
    Expected,
    Ties,
)
from tests.database.matrix_people import (
    ANOTHERS,
    ANOTHERS_FLAG,
    HELD,
    KNOWN,
    MATURED,
    MINE,
    OTHER,
    OTHER_CERTIFIER,
    OTHER_ELSEWHERE,
    OWN,
    OWN_STAFF,
    TARGETS,
    Somebody,
)

_IN_WINDOW, _LONG_BEFORE, _THIS_WEEK = "2017-10-02", "2018-05-01", "2018-10-12"
_OTHERS = (OTHER, OTHER_CERTIFIER)
_CALLER = Caller("matrix")
_ALL = Page(limit=LARGEST_PAGE)
_LISTS = {"view_staff", "last_login_report"}
#: Tables that follow others, beside the four a call is about.
_LEDGER = {"entry", "leaf", "signature"}
_FOLLOWING = {"standing", "certification_scope", "flag_scope"}


class Stage:
    """The worlds of the matrix, with and without a weekly limit."""

    def __init__(self, court: Court) -> None:
        self.ties = _ties()
        given = _given()
        limit = {"coordinators": AT_MOST, "days": 7, "until": UNTIL}
        limited = {**given, "weekly_coordinator_limit": limit}
        first = Step("", "", (), {}, _noon(court, TODAY), {})
        runner = Runner(shipped(), court, Scenario("", "", {}, (first,)))
        self._worlds = {
            False: World(runner._template, court, given),
            True: World(runner._template, court, limited),
        }
        for world in self._worlds.values():
            with world.engine.begin() as connection:
                _watch(connection)
                assert self.ties.staff == {*map(tuple, connection.execute(_RELATIONS))}

    def difference(self, cell: Cell, expected: Expected, court: Court | None = None) -> str:
        """How what came out of *cell*, judged by *court*, differs from what is *expected*."""
        with self._playing(cell.limited) as connection:
            found = self._played(connection, cell, court)
        wanted = _wanted(cell, expected)
        differing = [k for k in wanted if wanted[k] != found[k]]
        said = [f"{key}: expected {wanted[key]}, found {found[key]}" for key in differing]
        return f"{cell}: {'; '.join(said)}" if said else ""

    @contextmanager
    def _playing(self, limited: bool) -> Iterator[Connection]:
        """A transaction that is taken back."""
        with self._worlds[limited].engine.connect() as connection, connection.begin() as begun:
            yield connection
            begun.rollback()

    def _played(self, connection: Connection, cell: Cell, court: Court | None) -> dict[str, Any]:
        world = self._worlds[cell.limited]
        as_of = _noon(world.court, cell.day)
        courts = _in_the_place_of(world.court, court) if court else world.courts
        call = _call(cell)
        managed = manage(connection, call, _ALL, courts=courts, as_of=as_of, caller=_CALLER)
        shown = managed.result.fields
        changes = Counter(connection.exec_driver_sql("SELECT name FROM watched").scalars())
        entry = connection.exec_driver_sql(_ENTRY, (managed.written.entry_id,)).one()
        kept = orjson.loads(entry.body)
        locked = managed.decision.reason == ACTOR_LOCKED
        return {
            "listed": tuple(shown.get("people", ())) if cell.action in _LISTS else (),
            "unseen": tuple(e["user_id"] for e in shown.get("staff", ()) if "note" in e),
            "outcome": "done" if managed.considered.outcome.decision.allowed else "refused",
            "reasons": managed.decision.codes,
            "actor_reasons": tuple(kept["actor_reasons"]) if locked else (),
            "changes": {t: n for t, n in changes.items() if t not in {*_LEDGER, *_FOLLOWING}},
            "follows": bool(_FOLLOWING & {*changes}),
            "entries": changes["entry"],
            "entry": tuple(entry)[:-1],
            "kept": (kept["outcome"], [each["code"] for each in kept["reasons"]]),
        }


def _wanted(cell: Cell, expected: Expected) -> dict[str, Any]:
    """What *expected* says of the answer, of the tables and of the ledger."""
    outcome, reasons = expected.outcome, expected.reasons
    follows = bool(expected.changes) and "staff" not in expected.changes
    return {
        "listed": expected.listed,
        "unseen": expected.unseen,
        "outcome": outcome,
        "reasons": reasons,
        "actor_reasons": expected.actor_reasons,
        "changes": dict(expected.changes),
        "follows": follows,
        "entries": 1,
        "entry": (cell.action, cell.target.id if cell.target else "", outcome, reasons[0]),
        "kept": (outcome, [*reasons]),
    }


def _call(cell: Cell) -> Call:
    return Call(
        action=cell.action,
        actor_id=cell.actor.id,
        user_ids=(cell.target.id,) if cell.target else (),
        coordinator_id=cell.named.id if cell.named else "",
        items=cell.items,
        confirm=cell.confirm,
    )


def _noon(court: Court, day: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day), time(12), court.book.calendar.zone)


def _in_the_place_of(shipped_court: Court, court: Court) -> Courts:
    """Courts in which *court* judges instead of *shipped_court*, by the calendar of that."""
    calendar = shipped_court.book.calendar
    return Courts(
        {shipped_court.book.digest: replace(court, book=replace(court.book, calendar=calendar))}
    )


_ENTRY = "SELECT kind, person_id, outcome, reason, body FROM entry WHERE id = ?"
_RELATIONS = select(Staff.coordinator_id, Staff.user_id)


def _watch(connection: Connection) -> None:
    """Keep the table of every row that is added, changed or removed, in `watched`."""
    connection.exec_driver_sql("CREATE TEMP TABLE watched (name TEXT)")
    for table in Base.metadata.tables:
        for change in ("INSERT", "UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TEMP TRIGGER {table}_{change} AFTER {change} ON main.{table} "
                f"BEGIN INSERT INTO watched VALUES ('{table}'); END"
            )


def _ties() -> Ties:
    related = {(each.id, t.person.id) for each in KNOWN for t in TARGETS if t.relation == MINE}
    others = {
        (each.id, t.person.id) for each in _OTHERS for t in TARGETS if t.relation == ANOTHERS
    }
    waiting = {(OWN, each.id) for each in KNOWN}
    waiting |= {(ANOTHERS_FLAG, each.id) for each in _OTHERS}
    return Ties(
        staff=frozenset(related | others | {(each.id, each.id) for each in OWN_STAFF}),
        waiting=frozenset(
            (by, t.person.id, HELD)
            for flagged, by in waiting
            for t in TARGETS
            if t.flagged == flagged
        ),
        asked=frozenset((_certifier_of(t.person).id, t.person.id) for t in TARGETS if t.asked),
    )


def _given() -> Mapping[str, Any]:
    """The same as the `given` of a scenario."""
    ties = _ties()
    people = [*KNOWN, *(t.person for t in TARGETS)]
    flags = [(by, user, _THIS_WEEK) for by, user, _ in ties.waiting]
    flags += [
        (each.id, t.person.id, _IN_WINDOW)
        for each in KNOWN
        for t in TARGETS
        if t.flagged == MATURED
    ]
    requests = [(_certifier_of(each).id, each.id, _IN_WINDOW) for each in people if each.certified]
    requests += [(by, user, _THIS_WEEK) for by, user in ties.asked]
    staff: dict[str, list[str]] = {}
    for coordinator, user in sorted(ties.staff):
        staff.setdefault(coordinator, []).append(user)
    return {
        "windows": [
            {"population": each, "opens": opens, "closes": closes}
            for each in ("external", "internal")
            for opens, closes in WINDOWS
        ],
        "people": {each.id: _person(each) for each in (*people, *_OTHERS, OTHER_ELSEWHERE)},
        "staff": staff,
        "flags": [{"person": u, "item": HELD, "by": by, "day": day} for by, u, day in flags],
        "certifications": [{"person": u, "by": by, "day": day} for by, u, day in requests],
    }


def _certifier_of(person: Somebody) -> Somebody:
    if person.elsewhere:
        return OTHER_ELSEWHERE
    return OTHER_CERTIFIER if person.internal else OTHER


def _person(person: Somebody) -> dict[str, Any]:
    return {
        "population": person.population,
        "coordinator": person.marked,
        "roles": list(person.roles),
        "created": "2018-09-03" if person.new else "2015-01-05",
        "rob_accepted": "2018-03-01" if person.accepted else "2017-03-01",
        "last_activity": _LONG_BEFORE if person.idle else "2018-10-01",
        "properties": sorted(person.properties),
        "bpr": sorted(person.bpr),
        "wass": {"status": "terminated" if person.terminated else "active"},
    }
