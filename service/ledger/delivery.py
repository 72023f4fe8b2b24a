"""How far a receiver has been told the checkpoints, and whose turn it is to tell it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, or_, select, update

from models.ledger import CheckpointRow, Delivery
from models.upsert import insert_new

_AT_ONCE = 50
#: For so long whoever tells a receiver does so alone; then another may take over.
_TURN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who tells which receiver."""

    receiver: str
    by: str

    def take(self, connection: Connection, now: datetime) -> bool:
        """Whether it is this one's turn now; then it stays so for a while."""
        row = {"receiver": self.receiver, "through": 0, "told_by": self.by, "until": now}
        connection.execute(insert_new(connection, Delivery).values(row))
        free = or_(Delivery.told_by == self.by, Delivery.until < now)
        mine = update(Delivery).where(Delivery.receiver == self.receiver, free)
        return bool(connection.execute(mine.values(told_by=self.by, until=now + _TURN)).rowcount)

    def told(self, connection: Connection, number: int, now: datetime) -> bool:
        """Note that the checkpoint *number* was told; False when the turn was lost meanwhile."""
        mine = update(Delivery).where(
            Delivery.receiver == self.receiver, Delivery.told_by == self.by
        )
        moved = connection.execute(mine.values(through=number, until=now + _TURN))
        return bool(moved.rowcount)


def receiver_of(url: str) -> str:
    """What a receiver may be called before others: its URL may hold what is not theirs to see."""
    return urlsplit(url).netloc.rpartition("@")[2]


def waiting_since(connection: Connection, receiver: str) -> datetime | None:
    """Since when the oldest checkpoint waits that *receiver* has not been told; None for none."""
    query = select(CheckpointRow.made_at).where(CheckpointRow.id > _through(connection, receiver))
    return connection.execute(query.order_by(CheckpointRow.id).limit(1)).scalar()


def behind(connection: Connection, receiver: str) -> list[tuple[int, str]]:
    """The next checkpoints *receiver* is to be told, by their numbers, the oldest first."""
    query = select(CheckpointRow.id, CheckpointRow.note).order_by(CheckpointRow.id)
    rows = query.where(CheckpointRow.id > _through(connection, receiver)).limit(_AT_ONCE)
    return [(row.id, row.note) for row in connection.execute(rows)]


def _through(connection: Connection, receiver: str) -> int:
    query = select(Delivery.through).where(Delivery.receiver == receiver)
    return connection.execute(query).scalar() or 0
