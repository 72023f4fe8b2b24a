"""What is recorded of the closing of a window: a row that says how far it has come, and entries
of the ledger, each of which names the one before."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from models.closing import WindowClosing
from models.types import AnyRow
from models.upsert import insert_new
from service.core.calendar import CertificationWindow
from service.ledger.entries import Entry, append, read_entry
from service.recertification.ended import Ended, together

_BATCH, _FINISHED = "window_close", "window_closed"


@dataclass(frozen=True, slots=True)
class Closing:
    """A window of a population whose last day has passed, and what is recorded of its end.

    *entries*: those of the ledger that keep it, in their order.
    """

    population: str
    window: CertificationWindow
    ended: Ended = field(default_factory=Ended)
    entries: tuple[str, ...] = ()
    finished_at: datetime | None = None

    @property
    def name(self) -> str:
        """The window in words."""
        return f"{self.population}, {self.window.opens} to {self.window.closes}"


def recorded(connection: Connection, population: str, window: CertificationWindow) -> Closing:
    """The closing of *window* as far as it has come, read back from the ledger."""
    query = select(WindowClosing.__table__).where(_is(population, window.closes))
    row = connection.execute(query).one_or_none()
    if row is None:
        return Closing(population, window)
    entries = list(_backwards(connection, row.entry_id))[::-1]
    parts = [_ended(each) for each in entries if each["kind"] == _BATCH]
    ids = tuple(each["id"] for each in entries)
    return Closing(population, window, together(parts), ids, row.finished_at)


@dataclass(frozen=True, slots=True)
class Record:
    """Where something is recorded: the row of a closing, which is held; by which rulebook and
    when it was looked at."""

    closing: Closing
    row: AnyRow
    digest: str
    as_of: datetime


def hold(connection: Connection, closing: Closing) -> AnyRow:
    """The row of *closing*, made where it is missing; nobody else has it before the commit."""
    same = _is(closing.population, closing.window.closes)
    held = select(WindowClosing.__table__).where(same).with_for_update()
    row = connection.execute(held).one_or_none()
    if row is not None:
        return row
    # Two may come here at once: one makes the row, the other waits for that and makes none.
    made = {"population": closing.population, **asdict(closing.window), **Ended().counts}
    missing = insert_new(connection, WindowClosing)
    connection.execute(missing.values(**made, through="", entry_id=""))
    return connection.execute(held).one()


def keep(connection: Connection, record: Record, ended: Ended) -> None:
    """Enter a batch in the ledger and move the row on."""
    entry_id = _enter(connection, record, _BATCH, asdict(ended))
    totals = {name: getattr(record.row, name) + more for name, more in ended.counts.items()}
    _move(connection, record, **totals, through=ended.through, entry_id=entry_id)


def finish(connection: Connection, record: Record) -> None:
    """Enter the totals in the ledger: nobody is left to look at."""
    totals = {name: getattr(record.row, name) for name in Ended().counts}
    entry_id = _enter(connection, record, _FINISHED, {"totals": totals})
    _move(connection, record, entry_id=entry_id, finished_at=record.as_of)


def _enter(connection: Connection, record: Record, kind: str, what: dict[str, Any]) -> str:
    window = {"population": record.closing.population, **asdict(record.closing.window)}
    said = {"window": window, "previous": record.row.entry_id, "digest": record.digest, **what}
    entry = Entry(kind=kind, as_of=record.as_of, outcome="done", said=said)
    return append(connection, entry).entry_id


def _move(connection: Connection, record: Record, **values: Any) -> None:
    closing = record.closing
    same = _is(closing.population, closing.window.closes)
    connection.execute(update(WindowClosing).where(same).values(**values))


def _is(population: str, closes: str) -> ColumnElement[bool]:
    return and_(WindowClosing.population == population, WindowClosing.closes == closes)


def _backwards(connection: Connection, entry_id: str) -> Iterator[dict[str, Any]]:
    """The entry *entry_id* and all before it."""
    while entry_id:
        entry = read_entry(connection, entry_id)
        if entry is None:
            raise LookupError(f"entry {entry_id} of a closing is not in the ledger")
        yield entry
        entry_id = entry["previous"]


def _ended(entry: dict[str, Any]) -> Ended:
    return Ended(**{each.name: entry[each.name] for each in fields(Ended)})
