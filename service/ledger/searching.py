"""Finding entries by when they were made and by the columns beside their bytes."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, text

from models.batches import in_order
from models.ledger import LOGIN, NO_LOGIN, Entry
from models.types import AnySelect
from models.within import within

_MILLISECOND = timedelta(milliseconds=1)
_Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which entries: of these *kinds*, made from *since* on and before *until*, and so on.

    What is empty asks nothing. *before*: those with a smaller id, which are as old or older;
    *through*: the one with that id too.
    """

    kinds: tuple[str, ...]
    person_id: str = ""
    outcome: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: str = ""
    through: str = ""


def newest_first(connection: Connection, search: Search) -> Iterator[_Document]:
    """The entries of *search*, the newest first; a person is not asked for."""
    return _read(connection, _of(search))


def newest_about(
    connection: Connection, search: Search, named: Callable[[_Document], bool]
) -> Iterator[_Document]:
    """The entries of *search* about its person, the newest first.

    Of those about several people, whom no column names, the ones of which *named* says that the
    person is among them.
    """
    alone = _read(connection, _of(search).where(Entry.person_id == search.person_id))
    mentioned = within(f'"{search.person_id}"'.encode(), Entry.body)
    several = _read(connection, _of(search).where(Entry.person_id == "", mentioned))
    return heapq.merge(alone, filter(named, several), key=_id, reverse=True)


def oldest_first(connection: Connection, search: Search) -> Iterator[_Document]:
    """The entries of *search*, the oldest first; a person is not asked for."""
    return _read(connection, _of(search), newest=False)


def how_many(connection: Connection, search: Search) -> int:
    """How many entries *search* finds; a person is not asked for."""
    counted = _of(search).with_only_columns(func.count(), maintain_column_froms=True)
    return int(connection.execute(counted).scalar_one())


def first_id(as_of: datetime) -> str:
    """What the ids of entries made at *as_of* or later are not below: they begin with the time."""
    milliseconds = int(as_of.timestamp() * 1000)
    return f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}"


def _of(search: Search) -> AnySelect:
    query: AnySelect = select(Entry.id, Entry.body).where(Entry.kind.in_(search.kinds))
    if LOGIN not in search.kinds:
        query = query.where(text(NO_LOGIN))
    if search.outcome:
        query = query.where(Entry.outcome == search.outcome)
    if search.reason:
        query = query.where(Entry.reason == search.reason)
    if search.since is not None:
        query = query.where(Entry.id >= first_id(search.since), Entry.as_of >= search.since)
    if search.until is not None:
        end = first_id(search.until + _MILLISECOND)
        query = query.where(Entry.id < end, Entry.as_of < search.until)
    if search.before:
        query = query.where(Entry.id < search.before)
    return query.where(Entry.id <= search.through) if search.through else query


def _read(connection: Connection, query: AnySelect, *, newest: bool = True) -> Iterator[_Document]:
    for _, body in in_order(connection, query, Entry.id, descending=newest):
        yield orjson.loads(body)


def _id(entry: _Document) -> str:
    return str(entry["id"])
