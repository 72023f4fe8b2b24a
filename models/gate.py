"""Activity, and the clients that may call."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Day, Instant


class Activity(Base):
    """The day of a person's last allowed access: one clock per person."""

    __tablename__ = "activity"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    last_on: Mapped[str] = mapped_column(Day)


class Client(Base):
    """A system or person that may call; only a digest of the token is kept."""

    __tablename__ = "client"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
