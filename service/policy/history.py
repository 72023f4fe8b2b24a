"""What was done with revisions: every move of the pointer, every publication with its consents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.policy import Activation, Approval, Publication
from models.types import AnyRow
from service.policy.revisions import active_digest, stored_texts


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the pointer: when, to which revision, from which, how, by whom."""

    number: int
    digest: str
    replaces: str
    how: str
    by: str
    note: str
    activated_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """An approval: by whom, when, for the place of what that move made active."""

    approver: str
    note: str
    approved_at: datetime
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication, what was found then, and who consented to the revision."""

    number: int
    digest: str
    replaces: str
    author: str
    note: str
    published_at: datetime
    changes: bool
    active: bool
    report: dict[str, Any] = field(repr=False)
    approvals: tuple[Consent, ...]


def moves(connection: Connection, *, before: int | None = None, limit: int) -> list[Move]:
    """The moves, the latest first; with *before*, those with a smaller number."""
    query = select(Activation.__table__).order_by(Activation.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Activation.id < before)
    return [Move(*row) for row in connection.execute(query)]


def published(connection: Connection, *, before: int | None = None, limit: int) -> list[Published]:
    """The publications, the latest first; with *before*, those with a smaller number."""
    query = select(Publication.__table__).order_by(Publication.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Publication.id < before)
    return _published(connection, connection.execute(query).all())


def published_as(connection: Connection, digest: str) -> list[Published]:
    """Every publication of the revision *digest*, the latest first."""
    query = select(Publication.__table__).where(Publication.digest == digest)
    return _published(connection, connection.execute(query.order_by(Publication.id.desc())).all())


def described(connection: Connection, digest: str) -> dict[str, Any] | None:
    """The stored revision *digest*, its texts and publications, as a document; None if none is."""
    texts = stored_texts(connection, digest)
    if texts is None:
        return None
    return {
        "digest": digest,
        "active": digest == active_digest(connection),
        "texts": {path: raw.decode() for path, raw in texts.items()},
        "publications": published_as(connection, digest),
    }


def _published(connection: Connection, rows: Sequence[AnyRow]) -> list[Published]:
    active = active_digest(connection)
    approvals = _approvals(connection, {row.digest for row in rows})
    return [
        Published(
            number=row.id,
            digest=row.digest,
            replaces=row.replaces,
            author=row.author,
            note=row.note,
            published_at=row.published_at,
            changes=row.changes,
            active=row.digest == active,
            report=row.report,
            approvals=tuple(approvals[row.digest]),
        )
        for row in rows
    ]


def _approvals(connection: Connection, digests: Collection[str]) -> dict[str, list[Consent]]:
    """The approvals of each of *digests*, in their order."""
    columns = Approval.approver, Approval.note, Approval.approved_at, Approval.activation_id
    query = select(Approval.digest, *columns).where(Approval.digest.in_(digests))
    found: dict[str, list[Consent]] = {digest: [] for digest in digests}
    for row in connection.execute(query.order_by(Approval.id)):
        found[row.digest].append(Consent(*row[1:]))
    return found
