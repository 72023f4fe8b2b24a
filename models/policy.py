"""Policy revisions by their digest, the steps taken with them, and the one that is active."""

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


class Publication(Base):
    """Somebody's wish that a revision take the place of another; *changes*: a decision may."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("revision.digest"), index=True)
    replaces: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(400))
    published_at: Mapped[datetime] = mapped_column(Instant)
    changes: Mapped[bool]
    report: Mapped[dict[str, object]] = mapped_column(Json)


class Activation(Base):
    """The pointer's moves, numbered: to which revision, from which, why that was right."""

    __tablename__ = "activation"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("revision.digest"))
    replaces: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(20))
    taken_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(400))
    activated_at: Mapped[datetime] = mapped_column(Instant)


class Approval(Base):
    """A second person's consent that a revision replace what *activation_id* made active."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("revision.digest"))
    activation_id: Mapped[int] = mapped_column(ForeignKey("activation.id"))
    approver: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(400))
    approved_at: Mapped[datetime] = mapped_column(Instant)


class ActiveRevision(Base):
    """The one pointer: every decision reads it in its own transaction."""

    __tablename__ = "active_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(ForeignKey("revision.digest"))
    since: Mapped[datetime] = mapped_column(Instant)
