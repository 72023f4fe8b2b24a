"""Requesting recertification, and the history of such requests."""

from typing import Any

from sqlalchemy import Connection, select

from models.certification import CertificationRequest
from service.people.extract import CertificationSaid
from service.people.requesting import keep_request
from service.people.scope import Scope
from service.people.standing import rewrite
from service.recertification.consider import Considered
from service.recertification.counting import counts
from service.recertification.result import Page, Result


def certify(connection: Connection, considered: Considered, _: Page) -> Result:
    """Keep the request with all that it covers; whether it counts is a decision of its own."""
    call, person, covered = considered.call, considered.named, considered.shared
    counted = counts(person, considered.target, person.window, covered, considered.court)
    said = CertificationSaid(person.standing.person_id, call.actor_id, considered.today)
    scoped = person.property_scope
    bpr = considered.acting.standing.bpr if scoped else frozenset()
    keep_request(connection, said, Scope(counts=True, everywhere=not scoped, properties=bpr))
    rewrite(connection, call.user_ids)
    fields = {"counts": counted.allowed, "properties": sorted(covered)}
    return Result(fields=fields, decision=counted)


def view_history(connection: Connection, considered: Considered, _: Page) -> Result:
    """Every request for the person, newest first, its properties as far as they are shared."""
    standing = considered.named.standing
    closed_out = _closed_out(connection, standing.person_id)
    requests = [
        {
            "by": request.by,
            "day": request.on,
            "properties": sorted(request.covers & considered.shared),
            "closed_out_on": closed_out[request.by, request.on] or None,
        }
        for request in reversed(standing.requests)
    ]
    return Result(fields={"certifications": requests})


def _closed_out(connection: Connection, person_id: str) -> dict[tuple[str, str], Any]:
    query = select(
        CertificationRequest.coordinator_id,
        CertificationRequest.requested_on,
        CertificationRequest.closed_out_on,
    ).where(CertificationRequest.person_id == person_id)
    return {(by, on): closed for by, on, closed in connection.execute(query)}
