"""Requesting recertification, and the history of such requests."""

from typing import Any

from sqlalchemy import Connection, select

from models.certification import CertificationRequest
from service.core.management_facts import TargetFacts
from service.people.extract import CertificationSaid
from service.people.requests import Scope, keep_request
from service.people.standing import rewrite
from service.recertification.consider import Considered
from service.recertification.counting import counts
from service.recertification.result import Page, Result


def certify(connection: Connection, considered: Considered, _: Page) -> Result:
    """Keep the request with all that it covers; whether it counts is a decision of its own."""
    person, bpr = considered.named, considered.acting.standing.bpr
    (judged,) = considered.outcome.judged
    assert isinstance(judged.facts, TargetFacts)
    covered = _shared(considered)
    counted = counts(person, judged.facts.target, person.window, covered, considered.court)
    said = CertificationSaid(judged.user_id, considered.call.actor_id, considered.today)
    scoped = person.property_scope
    scope = Scope(True, everywhere=not scoped, properties=bpr if scoped else frozenset())
    keep_request(connection, said, scope)
    rewrite(connection, considered.call.user_ids)
    fields = {"counts": counted.allowed, "properties": sorted(covered)}
    return Result(fields=fields, decision=counted)


def view_history(connection: Connection, considered: Considered, _: Page) -> Result:
    """Every request for the person, newest first, its properties as far as they are shared."""
    person, bpr = considered.named, considered.acting.standing.bpr
    closed_out = _closed_out(connection, person.standing.person_id)
    requests = [
        {
            "by": request.by,
            "day": request.on,
            "properties": sorted(request.covers & bpr & person.properties),
            "closed_out_on": closed_out[request.by, request.on] or None,
        }
        for request in reversed(person.standing.requests)
    ]
    return Result(fields={"certifications": requests})


def _shared(considered: Considered) -> frozenset[int]:
    """The properties of the person within the relationships of the actor."""
    person = considered.named
    return (
        considered.acting.standing.bpr & person.properties
        if person.property_scope
        else frozenset()
    )


def _closed_out(connection: Connection, person_id: str) -> dict[tuple[str, str], Any]:
    query = select(
        CertificationRequest.coordinator_id,
        CertificationRequest.requested_on,
        CertificationRequest.closed_out_on,
    ).where(CertificationRequest.person_id == person_id)
    return {(by, on): closed for by, on, closed in connection.execute(query)}
