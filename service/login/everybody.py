"""Everybody in the database, streamed a stretch at a time, with what a login is judged on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.gate import Activity
from models.people import Person, Standing
from models.types import AnyRow
from service.core.standing import from_plain
from service.login.decide import Evidence
from service.login.stretch import Stretch, cut

_AT_A_TIME = 500  # rows held in memory
#: Whoever is known, with what a login is judged on; to be narrowed, and read by `evidence_in`.
KNOWN = select(Standing.person_id, Standing.document, Activity.last_on).outerjoin(
    Activity, Activity.person_id == Standing.person_id
)
_STREAMED = (
    KNOWN.add_columns(Person.organisation)
    .join(Person, Person.id == Standing.person_id)
    .order_by(Standing.person_id)
    .execution_options(yield_per=_AT_A_TIME)
)


def evidence_in(rows: Iterable[AnyRow]) -> Iterator[tuple[str, Evidence]]:
    """Of each of *rows* the ID and what is known."""
    for person_id, document, last_on in rows:
        yield person_id, Evidence(from_plain(document), last_on)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person, whose organisation ('' for unknown), and what a login is judged on."""

    person_id: str
    organisation: str
    evidence: Evidence


def stretches_of_people(connection: Connection, size: int) -> list[Stretch]:
    """Everybody in the order of the IDs."""
    return cut(connection, select(Standing.person_id.label("id")), size)


def people_of(connection: Connection, stretch: Stretch) -> Iterator[Somebody]:
    """Everybody of *stretch*, in the order of the IDs."""
    query = _STREAMED.where(Standing.person_id.between(*stretch.ends))
    for person_id, document, last_on, organisation in connection.execute(query):
        evidence = Evidence(from_plain(document), last_on)
        yield Somebody(person_id, organisation, evidence)
