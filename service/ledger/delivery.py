"""Checkpoints posted to a receiver, in order; one that is down is told all of it later."""

from datetime import datetime
from http.client import HTTPException
from urllib.request import Request, urlopen

from sqlalchemy import Connection, Engine, insert, select, update

from models.engine import reading
from models.ledger import CheckpointRow, Delivery

_SECONDS = 2.0
_AT_ONCE = 50


def deliver(engine: Engine, url: str) -> None:
    """Post the checkpoints *url* has not been told yet, the oldest first, a batch of them.

    Raises OSError or HTTPException when the receiver does not take one; it stays to be told.
    """
    with reading(engine).begin() as connection:
        behind = _behind(connection, url)
    for number, note in behind:
        _post(url, note)
        with engine.begin() as connection:
            _told(connection, url, number)


def waiting_since(connection: Connection, url: str) -> datetime | None:
    """Since when the oldest checkpoint waits that *url* has not been told; None when none does."""
    query = select(CheckpointRow.made_at).where(CheckpointRow.id > _through(connection, url))
    return connection.execute(query.order_by(CheckpointRow.id).limit(1)).scalar()


def _behind(connection: Connection, url: str) -> list[tuple[int, str]]:
    query = select(CheckpointRow.id, CheckpointRow.note).order_by(CheckpointRow.id)
    rows = connection.execute(query.where(CheckpointRow.id > _through(connection, url)))
    return [(row.id, row.note) for row in rows.fetchmany(_AT_ONCE)]


def _through(connection: Connection, url: str) -> int:
    query = select(Delivery.through).where(Delivery.receiver == url)
    return connection.execute(query).scalar() or 0


def _post(url: str, note: str) -> None:
    asked = Request(url, note.encode(), {"Content-Type": "text/plain; charset=utf-8"})
    with urlopen(asked, timeout=_SECONDS):
        pass


def _told(connection: Connection, url: str, number: int) -> None:
    mine = Delivery.receiver == url
    if not connection.execute(update(Delivery).where(mine).values(through=number)).rowcount:
        connection.execute(insert(Delivery).values(receiver=url, through=number))


#: What a receiver that is down raises.
REFUSALS = (OSError, HTTPException)
