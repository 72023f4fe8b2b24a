"""WASS speaks: its truth about everybody (the feed) or about one person, into the tables.

What the service owns (activity, unlocks, acceptances, staff, requests, flags) is never taken away.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.access import BusinessPartner, ContractAssignment, ContractProperty, PropertyAssignment
from models.access import Staff as StaffRow
from models.people import Person
from service.core.catalogue import Catalogue
from service.people.activity import move_activity
from service.people.change import Change
from service.people.extract import Extract
from service.people.pairs import add_pairs, sync_pairs
from service.people.requests import add_requests
from service.people.said import sync_people, sync_properties, sync_roles
from service.people.standing import rewrite

_OF_PEOPLE = {
    "property_assignments": PropertyAssignment,
    "contract_assignments": ContractAssignment,
    "business_partners": BusinessPartner,
}
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of an extract, table by table, and how many standings it changed."""

    changes: dict[str, Change]
    standings: int

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """The rows of each table that were added, changed and ended."""
        return {
            name: {"added": change.added, "changed": change.changed, "ended": change.ended}
            for name, change in self.changes.items()
        }


def speak(
    connection: Connection,
    extract: Extract,
    *,
    day: str,
    catalogue: Catalogue,
    about: frozenset[str] | None = None,
    progress: Progress = lambda _: None,
) -> Spoken:
    """Make *extract* the truth on *day*, about everybody or only about the people *about*."""
    changes = _of_wass(connection, extract, day, about, progress)
    progress("staff")
    changes["staff"] = add_pairs(connection, StaffRow, extract.staff)
    progress("certifications")
    changes["certifications"] = add_requests(connection, extract.certifications, catalogue)
    progress("standings")
    touched = frozenset[str]().union(*(each.people for each in changes.values()))
    rewritten = rewrite(connection, touched)
    # After the standings, as at a login: whoever locks both locks them in this order.
    days = {i: person.last_activity_on for i, person in (extract.people or {}).items()}
    move_activity(connection, days)
    return Spoken(changes, rewritten)


def _of_wass(
    connection: Connection,
    extract: Extract,
    day: str,
    about: frozenset[str] | None,
    progress: Progress,
) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    known = _known(connection, about)
    if extract.people is not None:
        progress("people")
        changes["people"] = sync_people(connection, extract.people, day, about)
    if extract.roles is not None:
        progress("roles")
        changes["roles"] = sync_roles(connection, extract.roles, day, about, known=known)
    if extract.properties is not None:
        progress("properties")
        changes["properties"] = sync_properties(connection, extract.properties, day)
    if extract.contracts is not None:
        progress("contracts")
        changes["contracts"] = _sync_contracts(connection, extract.contracts)
    for name, model in _OF_PEOPLE.items():
        pairs: frozenset[tuple[str, int | str]] | None = getattr(extract, name)
        if pairs is not None:
            progress(name)
            changes[name] = sync_pairs(connection, model, pairs, about)
    return changes


def _known(connection: Connection, about: frozenset[str] | None) -> frozenset[str]:
    query = select(Person.id)
    if about is not None:
        query = query.where(Person.id.in_(about))
    return frozenset(connection.scalars(query))


def _sync_contracts(connection: Connection, contracts: frozenset[tuple[str, int]]) -> Change:
    """Contracts belong to nobody; whoever has one assigned is touched when it changes."""
    change = sync_pairs(connection, ContractProperty, contracts, None)
    holders = select(ContractAssignment.person_id, ContractAssignment.contract_number)
    people = frozenset(p for p, number in connection.execute(holders) if number in change.people)
    return Change(before=change.before, added=change.added, ended=change.ended, people=people)
