"""The checkpoints that were given out: the last of each day, and the newest."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.ledger import CheckpointRow


def notes_of_days(connection: Connection, since: datetime) -> Iterator[str]:
    """The last note of each day (UTC) from *since* on, the oldest first; so the newest is last."""
    day = func.date(CheckpointRow.made_at)
    last = select(func.max(CheckpointRow.id)).where(CheckpointRow.made_at >= since).group_by(day)
    query = select(CheckpointRow.note).where(CheckpointRow.id.in_(last))
    yield from connection.scalars(query.order_by(CheckpointRow.id)).all()


def newest_size(connection: Connection) -> int:
    """How many entries the newest checkpoint covers; 0 before the first."""
    query = select(CheckpointRow.size).order_by(CheckpointRow.id.desc()).limit(1)
    return connection.execute(query).scalar() or 0
