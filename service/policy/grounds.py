"""What stands against a step: who wrote it, what it would replace, who consented, since when."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, select

from models.policy import Activation, ActiveRevision, Approval, Publication
from models.types import AnyRow
from service.policy.candidate import Candidate
from service.policy.revisions import APPROVED, TEXTS_ALONE, Hand, active_digest

_WAY_BACK = timedelta(days=7)


def hold(connection: Connection) -> AnyRow:
    """The latest move of the pointer, which nobody else moves before the commit.

    Raises LookupError when no rulebook is active.
    """
    connection.execute(select(ActiveRevision.digest).with_for_update())
    latest = select(Activation.__table__).order_by(Activation.id.desc()).limit(1)
    row = connection.execute(latest).one_or_none()
    if row is None or row.digest != active_digest(connection):
        raise LookupError("no rulebook is active")
    return row


def unpublishable(digest: str, candidate: Candidate, active: str) -> Iterator[str]:
    """What stands against keeping *candidate* while *active* counts."""
    if digest == active:
        yield "it is the active revision already"
    if candidate.replaces != active:
        yield f"{active} became active while it was checked; publish it again"


def unready(connection: Connection, digest: str, active: AnyRow, replaces: str) -> Iterator[str]:
    """What stands against *digest* taking the place of what is *active*."""
    wished = set(
        connection.scalars(select(Publication.replaces).where(Publication.digest == digest))
    )
    if digest == active.digest:
        yield "it is the active revision already"
    elif not wished:
        yield "it was never published"
    elif active.digest not in wished:
        yield f"it was published to replace another than {active.digest}; publish it again"
    if replaces and replaces != active.digest:
        yield f"it was to replace {replaces}, but {active.digest} is active now"


def authors(connection: Connection, digest: str) -> set[str]:
    """Everybody who published *digest*."""
    return set(connection.scalars(select(Publication.author).where(Publication.digest == digest)))


def approved(connection: Connection, digest: str, active: AnyRow) -> bool:
    """Whether somebody else than an author approved *digest* for the place of *active*."""
    approvers = select(Approval.approver).where(
        Approval.digest == digest, Approval.activation_id == active.id
    )
    return bool(set(connection.scalars(approvers)) - authors(connection, digest))


def changes(connection: Connection, digest: str, active: AnyRow) -> bool:
    """Whether any publication of *digest* to replace *active* was not proven to change nothing."""
    found = select(Publication.changes).where(
        Publication.digest == digest, Publication.replaces == active.digest
    )
    return any(connection.scalars(found))


def no_way_back(active: AnyRow, hand: Hand) -> Iterator[str]:
    """What stands against taking the latest move back."""
    if active.how not in (APPROVED, TEXTS_ALONE):
        yield f"the last step was no activation ({active.how}); there is nothing to take back"
    if hand.as_of - active.activated_at > _WAY_BACK:
        yield f"it counts for more than {_WAY_BACK.days} days; publish what shall count instead"
