"""The closing of certification windows: how far the record of what ended with one has come."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people import PERSON_ID
from models.types import Day, Instant


class WindowClosing(Base):
    """*through* is the last person done, *entry_id* the latest entry; the counts are totals."""

    __tablename__ = "window_closing"

    population: Mapped[str] = mapped_column(String(40), primary_key=True)
    closes: Mapped[str] = mapped_column(Day, primary_key=True)
    opens: Mapped[str] = mapped_column(Day)
    through: Mapped[str] = mapped_column(PERSON_ID)
    people: Mapped[int]
    removed: Mapped[int]
    closed_out: Mapped[int]
    uncertified: Mapped[int]
    entry_id: Mapped[str] = mapped_column(String(36))
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
