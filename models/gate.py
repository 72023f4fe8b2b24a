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
    """A token of a system or person that may call; only what a secret key makes of it is kept.

    A client is whoever has the name: for a day after it was given a new token it has two.
    *token_id* is the first half of *token_digest*, by which it is looked up. *token_key_id* names
    the key. *expires_on* is its last day ('' for none).
    """

    __tablename__ = "client"

    token_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64))
    token_key_id: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80), index=True)
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_on: Mapped[str] = mapped_column(Day, nullable=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
