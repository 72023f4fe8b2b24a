"""Bringing a table to what is staged of it: whom that touches, and the statements that do it.

Whoever is touched is found first, then held, and only then are tables written, for the touched
alone: whoever changes between the two is left as he is, as if the feed had come before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Update,
    bindparam,
    exists,
    func,
    insert,
    select,
    true,
    union,
)
from sqlalchemy.sql import visitors

from models.people import Standing
from models.staging import TOUCHED
from models.types import AnySelect, Day
from service.people.change import Change

#: The day WASS speaks of.
DAY: BindParameter[str] = bindparam("day", type_=Day())
_ABOUT: BindParameter[Any] = bindparam("about", expanding=True)
_TOGETHER = 2_000
#: What the statements are told: the day, and whom WASS speaks about where not of everybody.
Told = Mapping[str, Any]
Write = Insert | Update | Delete


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sync:
    """How one table follows: *before* counts what may end, *touched* finds its people."""

    before: AnySelect
    touched: tuple[AnySelect, ...] = ()
    added: Insert | None = None
    changed: Update | None = None
    ended: Update | Delete


def told(day: str, about: frozenset[str] | None) -> Told:
    """What the statements are told."""
    return {"day": day} if about is None else {"day": day, "about": sorted(about)}


def within(owner: ColumnElement[Any], whole: bool) -> ColumnElement[bool]:
    """Whether a row is of those WASS speaks about: of everybody, where that is the *whole*."""
    return true() if whole else owner.in_(_ABOUT)


def is_touched(owner: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether it is somebody's row who is touched, and held."""
    return owner.in_(select(TOUCHED.c.person_id))


def has_standing(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether somebody was known before: nobody is without a standing for longer than this."""
    return exists().where(Standing.person_id == person)


def counted(column: ColumnElement[Any], *where: ColumnElement[bool]) -> AnySelect:
    """How many rows of the table of *column* there are."""
    return select(func.count(column)).where(*where)


def count(connection: Connection, sync: Sync, told: Told) -> int:
    """How many rows there are before anything is written."""
    number: int = connection.execute(sync.before, _asked_of(sync.before, told)).scalar_one()
    return number


def touch(connection: Connection, finding: Iterable[AnySelect], told: Told) -> None:
    """Note everybody that one of the selects finds."""
    if found := tuple(finding):
        run(connection, _noting(found), told)


def hold(connection: Connection) -> None:
    """Let nobody else change, or decide about, whoever is touched before the commit; by ID."""
    if connection.dialect.name == "sqlite":
        return  # nobody else writes meanwhile
    held = select(Standing.version).where(is_touched(Standing.__table__.c.person_id))
    ordered = held.order_by(Standing.person_id).with_for_update(of=Standing).subquery()
    connection.execute(select(func.count()).select_from(ordered))


def apply(
    connection: Connection, sync: Sync, before: int, told: Told, *, added: int = 0
) -> Change:
    """Write what differs; some may have been *added* already."""
    ended = run(connection, sync.ended, told)
    changed = run(connection, sync.changed, told)
    added += run(connection, sync.added, told)
    return Change(before=before, added=added, changed=changed, ended=ended)


def run(connection: Connection, statement: Write | None, told: Told) -> int:
    """Run a statement with what it asks for; how many rows it wrote."""
    if statement is None:
        return 0
    options = {"preserve_rowcount": True}
    asked = _asked_of(statement, told)
    return connection.execute(statement, asked, execution_options=options).rowcount


def _asked_of(statement: Any, told: Told) -> dict[str, Any]:
    return {name: told[name] for name in _asked(statement)}


@lru_cache(maxsize=200)
def _noting(found: tuple[AnySelect, ...]) -> Insert:
    everybody = union(*found) if found[1:] else found[0].distinct()
    return insert(TOUCHED).from_select(["person_id"], everybody)


@lru_cache(maxsize=400)
def _asked(statement: Any) -> frozenset[str]:
    """The names of what *statement* asks for."""
    binds = (each for each in visitors.iterate(statement) if isinstance(each, BindParameter))
    return frozenset(each.key for each in binds) & {DAY.key, _ABOUT.key}


def touched_people(connection: Connection) -> Iterator[list[str]]:
    """Those who are touched, some at a time, in the order of their IDs."""
    query = select(TOUCHED.c.person_id).order_by(TOUCHED.c.person_id).limit(_TOGETHER)
    ids = list(connection.scalars(query))
    while ids:
        yield ids
        ids = list(connection.scalars(query.where(TOUCHED.c.person_id > ids[-1])))
