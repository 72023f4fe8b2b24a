"""Every decision, the newest first, with its reasons in the words of its own rulebook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from service.ledger.searching import Search, newest_about, newest_first
from service.policy.active import Courts

_NOTHING: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Worded:
    """A reason by its code, and what it means; '' where no rulebook says so any more."""

    code: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision in short; *user_id* is '' where it is about nobody or about several."""

    decision_id: str
    kind: str
    as_of: datetime
    user_id: str
    user_ids: tuple[str, ...]
    actor_id: str
    outcome: str
    reason: str
    reasons: tuple[Worded, ...]
    caller: str
    policy_digest: str

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return self.decision_id


def decisions(
    connection: Connection, search: Search, courts: Courts, limit: int | None = None
) -> Iterator[Made]:
    """At most so many decisions of *search*; those about several people are found by each."""
    meanings = Meanings(connection, courts)
    if search.person_id:
        found = newest_about(connection, search, lambda entry: search.person_id in named(entry))
    else:
        found = newest_first(connection, search)
    return (_made(entry, meanings) for entry in islice(found, limit))


def named(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Everybody the question of *entry* is about."""
    if "call" in entry:
        return tuple(entry["call"]["user_ids"])
    return (entry["person_id"],) if entry["person_id"] else ()


class Meanings:
    """What codes mean by the rulebook of their decision."""

    def __init__(self, connection: Connection, courts: Courts) -> None:
        self._connection, self._courts = connection, courts

    def of(self, digest: str, codes: Iterator[str]) -> tuple[Worded, ...]:
        """*codes* in the words of the rulebook *digest*."""
        try:
            known = self._courts.of(digest, self._connection).book.reasons.by_code
        except LookupError:
            known = {}
        return tuple(Worded(c, known[c].meaning if c in known else "") for c in codes)


def _made(entry: Mapping[str, Any], meanings: Meanings) -> Made:
    codes = (each["code"] for each in entry["reasons"])
    return Made(
        decision_id=entry["id"],
        kind=entry["kind"],
        as_of=datetime.fromisoformat(entry["as_of"]),
        user_id=entry["person_id"],
        user_ids=named(entry),
        actor_id=entry.get("call", _NOTHING).get("actor_id", ""),
        outcome=entry["outcome"],
        reason=entry["reason"],
        reasons=meanings.of(entry["digest"], codes),
        caller=entry["caller"],
        policy_digest=entry["digest"],
    )
