"""Policy revisions by their digest, and the one that is active."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Instant, Json


class Revision(Base):
    """The texts of a rulebook (path -> text), stored once under their digest."""

    __tablename__ = "revision"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    author: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(400))
    stored_at: Mapped[datetime] = mapped_column(Instant)


class ActiveRevision(Base):
    """The one pointer: every decision reads it in its own transaction."""

    __tablename__ = "active_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(ForeignKey("revision.digest"))
    since: Mapped[datetime] = mapped_column(Instant)
