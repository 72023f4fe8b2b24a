"""Putting what WASS says of one person, at once: spoken and entered in one transaction."""

from datetime import datetime

from sqlalchemy import Connection, select

from models.access import ContractProperty, Property
from service.feed.person import Known
from service.ledger.entries import Entry, Written, append
from service.login.gather import active_court, hold_to_change
from service.people.caller import Caller
from service.people.extract import Extract
from service.people.wass import Spoken, speak
from service.policy.active import Courts


def put_person(
    connection: Connection, extract: Extract, *, courts: Courts, as_of: datetime, caller: Caller
) -> tuple[Spoken, Written]:
    """Make *extract* the truth about its one person on the day of *as_of*."""
    assert extract.people is not None
    (person_id,) = extract.people
    hold_to_change(connection, person_id)
    book = active_court(connection, courts).book
    day = book.calendar.day_of(as_of)
    about = frozenset([person_id])
    spoken = speak(connection, extract, day=day, catalogue=book.catalogue, about=about)
    entry = Entry(
        kind="person_put",
        as_of=as_of,
        outcome="done",
        person_id=person_id,
        caller=caller.name,
        request_id=caller.request_id,
        said={"day": day, "changes": spoken.counts, "standings": spoken.standings},
    )
    return spoken, append(connection, entry)


def known_to(connection: Connection) -> Known:
    """What the database holds that somebody may have."""
    return Known(
        properties=frozenset(connection.scalars(select(Property.property_id))),
        contracts=frozenset(connection.scalars(select(ContractProperty.contract_number))),
    )
