"""The ledger: one entry for every decision, operation, publication and import, and its tree."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Instant

#: An id, compared byte by byte: SQLite does, PostgreSQL is told to, whatever its language.
ENTRY_ID = String(36).with_variant(String(36, collation="C"), "postgresql")
#: What an index asks that finds the few entries that are none: a query has to say it too.
LOGIN = "login"
NO_LOGIN = f"kind <> '{LOGIN}'"


class Entry(Base):
    """*body* is the entry, as exact bytes; the other columns are copies of it to search by.

    On PostgreSQL each month has a partition of its own (see `models.partitions`).
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_person_id_id", "person_id", "id"),
        Index("ix_entry_reason_id", "reason", "id"),
        Index(
            "ix_entry_kind_id",
            "kind",
            "id",
            sqlite_where=text(NO_LOGIN),
            postgresql_where=text(NO_LOGIN),
        ),
    )

    id: Mapped[str] = mapped_column(ENTRY_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    as_of: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[str] = mapped_column(String(6))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Leaf(Base):
    """What the tree knows of an entry; *tree_index* goes from nothing to a number, once.

    It stays when entries are archived.
    """

    __tablename__ = "leaf"
    __table_args__ = (
        Index(
            "ix_leaf_unsealed",
            "entry_id",
            sqlite_where=text("tree_index IS NULL"),
            postgresql_where=text("tree_index IS NULL"),
        ),
        # Without the leaves that wait: SQLite would look for them here, and sort them all.
        Index(
            "ix_leaf_tree_index",
            "tree_index",
            unique=True,
            sqlite_where=text("tree_index IS NOT NULL"),
            postgresql_where=text("tree_index IS NOT NULL"),
        ),
    )

    entry_id: Mapped[str] = mapped_column(ENTRY_ID, primary_key=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    tree_index: Mapped[int | None] = mapped_column(BigInteger)


class Signature(Base):
    """The receipt of an entry that was written with a key at hand: which key, what it signed."""

    __tablename__ = "signature"

    entry_id: Mapped[str] = mapped_column(ENTRY_ID, primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Node(Base):
    """The root of 256 to the power of *level* leaves, all there; the *number*th of them."""

    __tablename__ = "node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class TreeHead(Base):
    """The one tree of this database: its name, its size, the roots of its full subtrees."""

    __tablename__ = "tree_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    peaks: Mapped[bytes] = mapped_column(LargeBinary)


class CheckpointRow(Base):
    """A signed checkpoint that was given out, numbered in the order they were made."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(1000))


class Delivery(Base):
    """How far a receiver of checkpoints has been told: through the checkpoint of that number.

    *told_by* tells it, until that instant alone.
    """

    __tablename__ = "delivery"

    receiver: Mapped[str] = mapped_column(String(400), primary_key=True)
    through: Mapped[int]
    told_by: Mapped[str] = mapped_column(String(36))
    until: Mapped[datetime] = mapped_column(Instant)
