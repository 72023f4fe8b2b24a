"""Who was due in a window, and who certified whom for which properties."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from service.core.measure import Person
from service.core.standing import Request
from service.policy.active import Court
from service.recertification.ended import uncertified
from service.recertification.evidence.calls import Calls
from service.recertification.evidence.window import Of

ALL = "all"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who would have lacked a certification; *certified*: lacks it no longer."""

    user_id: str
    population: str
    created_on: str
    certified: bool
    last_requested_on: str
    by: str


@dataclass(frozen=True, slots=True)
class Certified:
    """A request of the window; imported ones have no instant and no decision."""

    coordinator_id: str
    user_id: str
    asked_on: str
    asked_at: datetime | None
    counts: bool
    properties: str
    decision_id: str
    policy_digest: str


def due(person: Person, of: Of, court: Court) -> Iterator[Due]:
    """The row of *person*, if due: for want of a request of this window none would count."""
    if not uncertified(_with(person, "", of.window.opens), of.window, court):
        return
    made = _made(person, of)
    last = made[-1] if made else None
    told = person.standing
    yield Due(
        user_id=told.person_id,
        population=told.population,
        created_on=told.created_on,
        certified=not uncertified(_with(person, "", of.window.matures_on), of.window, court),
        last_requested_on=last.on if last else "",
        by=last.by if last else "",
    )


def certified(person: Person, of: Of, calls: Calls) -> Iterator[Certified]:
    """Every request of the window for *person*, once for each time it was made here."""
    user_id = person.standing.person_id
    for request in _made(person, of):
        row = Certified(
            coordinator_id=request.by,
            user_id=user_id,
            asked_on=request.on,
            asked_at=None,
            counts=request.counts,
            properties=_listed(request.covers & person.properties, request.everywhere),
            decision_id="",
            policy_digest="",
        )
        made = calls.certified.get((user_id, request.by, request.on), [])
        if not made:
            yield row
        for entry in made:
            result = entry["result"]
            yield replace(
                row,
                asked_at=datetime.fromisoformat(entry["as_of"]),
                counts=result["counts"],
                properties=_listed(result["properties"], request.everywhere),
                decision_id=entry["id"],
                policy_digest=entry["digest"],
            )


def _made(person: Person, of: Of) -> tuple[Request, ...]:
    return _with(person, of.window.opens, of.window.matures_on).standing.requests


def _with(person: Person, first: str, before: str) -> Person:
    """*person* with no requests but those from the day *first* on and before the day *before*."""
    kept = tuple(each for each in person.standing.requests if first <= each.on < before)
    return replace(person, standing=replace(person.standing, requests=kept))


def _listed(properties: frozenset[int] | list[int], everywhere: bool) -> str:
    return ALL if everywhere else " ".join(map(str, sorted(properties)))
