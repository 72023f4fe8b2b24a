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
from models.token_key import token_key_of
from service.clients import COLUMNS, FOUND, Client, client_of, id_of
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
_READ_WITH_CLIENT = Prepared(_OF_A_PERSON.add_columns(*COLUMNS).outerjoin(ClientRow, FOUND))
_CALLER = Prepared(
    select(ActiveRevision.digest, *COLUMNS).select_from(ActiveRevision).outerjoin(ClientRow, FOUND)
)
_NO_RULEBOOK = "no rulebook is active"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The digest of the active rulebook, the person's version and the evidence, and whose the
    token is, if a client's; all of one instant."""

    digest: str
    version: int | None
    evidence: Evidence
    client: Client | None = None


def gather(connection: Connection, person_id: str, token: str = "") -> Gathered:
    """Read what is known of *person_id*, and of whom the *token* is.

    Raises LookupError when no rulebook is active.
    """
    if not token:
        for digest, version, document, last_on in _READ.rows(connection, person_id=person_id):
            return Gathered(digest, version, _evidence(document, last_on))
        raise LookupError(_NO_RULEBOOK)
    mac = token_key_of(connection).mac(token)
    rows = _READ_WITH_CLIENT.rows(connection, person_id=person_id, token_id=id_of(mac))
    for digest, version, document, last_on, *client in rows:
        known = client_of(mac, *client) if client[0] else None
        return Gathered(digest, version, _evidence(document, last_on), known)
    raise LookupError(_NO_RULEBOOK)


def _evidence(document: bytes | None, last_on: str) -> Evidence:
    if document is None:
        return Evidence(None, last_on)
    return Evidence(from_plain(orjson.loads(document)), last_on, document)


def gather_caller(connection: Connection, token: str) -> tuple[str, Client | None]:
    """The digest of the active rulebook, and whose the *token* is; of one instant.

    Raises LookupError when no rulebook is active.
    """
    mac = token_key_of(connection).mac(token)
    for digest, *client in _CALLER.rows(connection, token_id=id_of(mac)):
        return digest, client_of(mac, *client) if client[0] else None
    raise LookupError(_NO_RULEBOOK)


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
