"""The steps from a wish to what counts: publish, approve, activate, and the way back.

What can change a decision counts only when somebody else than its author approved it, for the
place of the very revision that is active then. Every step is a ledger entry, a refused one too.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from models.ledger import NO_LOGIN, Entry
from models.policy import Approval, Publication
from service.ledger.entries import Written
from service.policy.active import Courts
from service.policy.candidate import Candidate
from service.policy.grounds import (
    approved,
    authors,
    changes,
    hold,
    no_way_back,
    unpublishable,
    unready,
)
from service.policy.revisions import (
    ACTIVATION,
    APPROVED,
    ROLLBACK,
    TEXTS_ALONE,
    Hand,
    enter,
    point_to,
    store,
)

_PUBLICATION, _APPROVAL = "policy_publication", "policy_approval"
#: What the ledger calls each step, and what people call it.
_STEPS = {_PUBLICATION: "publication", _APPROVAL: "approval", ACTIVATION: "activation"}


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a step; *why*: the sentences that refuse it, none when it was done."""

    digest: str
    replaces: str
    why: tuple[str, ...]
    written: Written

    @property
    def done(self) -> bool:
        """Whether the step was taken."""
        return not self.why


def publish(connection: Connection, candidate: Candidate, hand: Hand) -> Step:
    """Keep *candidate*, that others may approve it."""
    digest, replaces = candidate.digest, hold(connection).digest
    why = tuple(unpublishable(digest, candidate, replaces))
    if not why:
        store(connection, digest, candidate.texts, hand)
        row = {"digest": digest, "replaces": replaces, "author": hand.by, "note": hand.note}
        found = {"changes": candidate.changes, "report": dict(candidate.report)}
        connection.execute(insert(Publication).values(**row, **found, published_at=hand.as_of))
    more = {"changes": candidate.changes, "report": candidate.report}
    return _step(connection, _PUBLICATION, digest, replaces, why, hand, **more)


def approve(connection: Connection, digest: str, hand: Hand, *, replaces: str = "") -> Step:
    """Consent that *digest* take the place of *replaces* (default: what is active)."""
    active = hold(connection)
    why = tuple(unready(connection, digest, active, replaces))
    if hand.by in authors(connection, digest):
        why = (*why, f"{hand.by} published it; somebody else has to approve it")
    if not why:
        row = {"digest": digest, "activation_id": active.id, "approver": hand.by}
        connection.execute(insert(Approval).values(**row, note=hand.note, approved_at=hand.as_of))
    return _step(connection, _APPROVAL, digest, active.digest, why, hand)


def activate(
    connection: Connection, digest: str, hand: Hand, *, courts: Courts, replaces: str = ""
) -> Step:
    """Let *digest* count from now on; raises RulebookError when this host cannot compile it."""
    active = hold(connection)
    why = tuple(unready(connection, digest, active, replaces))
    consent = approved(connection, digest, active)
    if not why and not consent and changes(connection, digest, active):
        why = ("it may change a decision; somebody else than its author has to approve it first",)
    if why:
        return _step(connection, ACTIVATION, digest, active.digest, why, hand)
    courts.of(digest, connection)
    written = point_to(connection, digest, APPROVED if consent else TEXTS_ALONE, hand)
    return Step(digest, active.digest, (), written)


def roll_back(connection: Connection, hand: Hand, *, courts: Courts) -> Step:
    """Go back to the revision just before, within seven days; no approval is needed."""
    active = hold(connection)
    why = tuple(no_way_back(active, hand))
    if why:
        return _step(connection, ACTIVATION, active.replaces, active.digest, why, hand)
    courts.of(active.replaces, connection)
    return Step(
        active.replaces, active.digest, (), point_to(connection, active.replaces, ROLLBACK, hand)
    )


def refusals(connection: Connection) -> dict[str, int]:
    """How many steps of each kind were refused so far."""
    refused = select(Entry.kind, func.count().label("many")).where(
        Entry.kind.in_(_STEPS), Entry.outcome == "refused", text(NO_LOGIN)
    )
    found = {row.kind: row.many for row in connection.execute(refused.group_by(Entry.kind))}
    return {step: found.get(kind, 0) for kind, step in _STEPS.items()}


def _step(
    connection: Connection,
    kind: str,
    digest: str,
    replaces: str,
    why: tuple[str, ...],
    hand: Hand,
    **more: Any,
) -> Step:
    said = {"digest": digest, "replaces": replaces, "why": list(why), **more}
    return Step(digest, replaces, why, enter(connection, kind, hand, said, done=not why))
