"""Look up what a login is judged on, in one read: active rulebook, person, activity."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from models.access import ContractProperty
from models.gate import Activity
from models.people import Standing as StandingRow
from models.policy import ActiveRevision
from service.core.standing import from_plain
from service.login.decide import Evidence
from service.policy.active import Court, Courts
from service.policy.revisions import active_digest

_READ = (
    select(ActiveRevision.digest, StandingRow.document, Activity.last_on)
    .select_from(ActiveRevision)
    .outerjoin(StandingRow, StandingRow.person_id == bindparam("person_id"))
    .outerjoin(Activity, Activity.person_id == bindparam("person_id"))
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The digest of the active rulebook and the evidence, of one instant."""

    digest: str
    evidence: Evidence


def gather(connection: Connection, person_id: str) -> Gathered:
    """Read what is known of *person_id*; raises LookupError when no rulebook is active."""
    row = connection.execute(_READ, {"person_id": person_id}).one_or_none()
    if row is None:
        raise LookupError("no rulebook is active")
    standing = None if row.document is None else from_plain(row.document)
    return Gathered(row.digest, Evidence(standing, row.last_on))


def contract_holds(connection: Connection, contract_number: str, property_id: int) -> bool:
    """Whether the property is one of the contract's."""
    query = select(ContractProperty.property_id).where(
        ContractProperty.contract_number == contract_number,
        ContractProperty.property_id == property_id,
    )
    return connection.execute(query).first() is not None


def active_court(connection: Connection, courts: Courts) -> Court:
    """The court of the active rulebook; raises LookupError when none is active."""
    return courts.of(active_digest(connection), connection)
