"""Look up what a login is judged on, in one read: active rulebook, person, activity."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, LargeBinary, bindparam, select, type_coerce

from models.access import ContractProperty
from models.gate import Activity
from models.gate import Client as ClientRow
from models.people import Standing as StandingRow
from models.policy import ActiveRevision
from models.prepared import Prepared
from service.clients import LIVE, Client, client_of, digest_of
from service.core.standing import from_plain
from service.login.decide import Evidence
from service.policy.active import Court, Courts
from service.policy.revisions import active_digest

_OF_A_PERSON = (
    select(
        ActiveRevision.digest,
        StandingRow.version,
        type_coerce(StandingRow.document, LargeBinary),
        Activity.last_on,
    )
    .select_from(ActiveRevision)
    .outerjoin(StandingRow, StandingRow.person_id == bindparam("person_id"))
    .outerjoin(Activity, Activity.person_id == bindparam("person_id"))
)
_READ = Prepared(_OF_A_PERSON)
_READ_WITH_CLIENT = Prepared(
    _OF_A_PERSON.add_columns(ClientRow.name, ClientRow.scopes).outerjoin(ClientRow, LIVE)
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The digest of the active rulebook, the person's version and the evidence, and who asks, if
    the token is a live client's; all of one instant."""

    digest: str
    version: int | None
    evidence: Evidence
    client: Client | None = None


def gather(connection: Connection, person_id: str, token: str = "") -> Gathered:
    """Read what is known of *person_id*, and of whom the *token* is.

    Raises LookupError when no rulebook is active.
    """
    if token:
        asked = {"person_id": person_id, "token_digest": digest_of(token)}
        rows = _READ_WITH_CLIENT.rows(connection, **asked)
    else:
        rows = _READ.rows(connection, person_id=person_id)
    for digest, version, document, last_on, *client in rows:
        known = client_of(*client) if client and client[0] is not None else None
        return Gathered(digest, version, _evidence(document, last_on), known)
    raise LookupError("no rulebook is active")


def _evidence(document: bytes | None, last_on: str) -> Evidence:
    if document is None:
        return Evidence(None, last_on)
    return Evidence(from_plain(orjson.loads(document)), last_on, document)


def hold_to_change(connection: Connection, *ids: str) -> None:
    """Let nobody else change, or decide about, these people before the commit.

    Always in the order of the IDs, so that two who hold several never wait for each other.
    """
    query = select(StandingRow.version).where(StandingRow.person_id.in_(sorted(ids)))
    connection.execute(query.order_by(StandingRow.person_id).with_for_update())


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
