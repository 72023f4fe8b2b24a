"""Every use of an unlock, the newest first: who opened whose account, and who was refused that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.ledger import Entry
from service.ledger.searching import Search, newest_first
from service.recertification.review.asked import Asked

_UNLOCK, _DONE = "unlock", "done"
_BEHIND = "/"


@dataclass(frozen=True, slots=True)
class UnlockUsed:
    """One person in one unlock; *came_in_at*: the next allowed login of whoever was unlocked."""

    actor_id: str
    user_id: str
    as_of: datetime
    outcome: str
    reason: str
    came_in_at: datetime | None
    decision_id: str

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return f"{self.decision_id}{_BEHIND}{self.user_id}"


def unlocks(asked: Asked) -> Iterator[UnlockUsed]:
    """Every use of an unlock, the newest first; each person of one for several has a row."""
    entry_id, _, user_id = asked.cursor.partition(_BEHIND)
    # The page before may have ended amid the people of one unlock: those behind come first.
    search = Search(kinds=(_UNLOCK,), through=entry_id)
    for entry in newest_first(asked.connection, search):
        for each in sorted(entry["call"]["user_ids"]):
            if entry["id"] != entry_id or each > user_id:
                yield _used(asked.connection, entry, each)


def _used(connection: Connection, entry: Mapping[str, Any], user_id: str) -> UnlockUsed:
    done = entry["outcome"] == _DONE
    return UnlockUsed(
        actor_id=entry["call"]["actor_id"],
        user_id=user_id,
        as_of=datetime.fromisoformat(entry["as_of"]),
        outcome=entry["outcome"],
        reason=entry["reason"],
        came_in_at=_came_in(connection, user_id, entry["id"]) if done else None,
        decision_id=entry["id"],
    )


def _came_in(connection: Connection, user_id: str, since: str) -> datetime | None:
    """When the person was first let in after the entry *since*."""
    logins = select(Entry.as_of).where(Entry.person_id == user_id, Entry.id > since)
    allowed = logins.where(Entry.kind == "login", Entry.outcome == "allow")
    return connection.execute(allowed.order_by(Entry.id).limit(1)).scalar()
