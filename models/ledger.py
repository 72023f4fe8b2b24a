"""The ledger: one entry for every decision, operation, publication and import. Insert only."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Instant


class Entry(Base):
    """*body* is the entry, as exact bytes; the other columns are copies of it to search by."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_person_id_id", "person_id", "id"),
        Index("ix_entry_reason_id", "reason", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    as_of: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[str] = mapped_column(String(6))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)
