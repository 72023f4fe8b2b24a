"""Look up what a management call is judged on: rulebook, who acts, who is named, their ties."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.access import Staff
from models.people import Standing as StandingRow
from service.core.call import Call
from service.login.decide import Evidence
from service.login.everybody import KNOWN, evidence_in
from service.policy.revisions import active_digest

UNKNOWN = Evidence(None)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The digest of the active rulebook, the evidence about each person, and who of those named
    is assigned staff of the coordinator the call speaks of."""

    digest: str
    people: Mapping[str, Evidence]
    assigned: frozenset[str]

    def about(self, person_id: str) -> Evidence:
        """What is known of *person_id*."""
        return self.people.get(person_id, UNKNOWN)


def gather(connection: Connection, call: Call) -> Gathered:
    """Read what is known; raises LookupError when no rulebook is active."""
    return Gathered(
        active_digest(connection),
        evidence_of(connection, {call.actor_id, *call.user_ids}),
        _assigned(connection, call),
    )


def evidence_of(connection: Connection, ids: Collection[str]) -> dict[str, Evidence]:
    """The evidence about *ids*; unknown ones are left out."""
    rows = connection.execute(KNOWN.where(StandingRow.person_id.in_(sorted(ids))))
    return dict(evidence_in(rows))


def _assigned(connection: Connection, call: Call) -> frozenset[str]:
    query = select(Staff.user_id).where(
        Staff.coordinator_id == call.coordinator, Staff.user_id.in_(call.user_ids)
    )
    return frozenset(connection.scalars(query))
