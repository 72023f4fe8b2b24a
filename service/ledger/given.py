"""The checkpoints that were given out, the last of each day."""

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
