"""What leaves the gate: the decision in words, with cure and contact for whoever is locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.core.decision import Given
from service.core.login_facts import LoginFacts
from service.core.reasons import Cure
from service.login.consider import Considered
from service.people.helpers import helpers

#: An answer names at most this many refused properties; beyond, it says how many there are.
MOST_REFUSED = 500


def login_answer(
    connection: Connection, considered: Considered, as_of: datetime
) -> dict[str, Any]:
    """The answer to a login, but for its id and receipt."""
    outcome = considered.outcome
    answer = {
        "decision": "allow" if outcome.decision.allowed else "lock",
        "applies_to": outcome.applies_to,
        **_why(connection, considered, as_of),
        "refused_properties": [
            {"property_id": property_id, "reason": reason}
            for property_id, reason in outcome.refused[:MOST_REFUSED]
        ],
        "options": list(outcome.options),
    }
    if len(outcome.refused) > MOST_REFUSED:
        answer["refused_properties_total"] = len(outcome.refused)
    return answer


def acceptance_answer(
    connection: Connection, considered: Considered, as_of: datetime
) -> dict[str, Any]:
    """The answer to an acceptance of the Rules of Behavior, but for its id and receipt."""
    accepted = considered.outcome.decision.allowed
    return {
        "outcome": "done" if accepted else "refused",
        **_why(connection, considered, as_of),
    }


def _why(connection: Connection, considered: Considered, as_of: datetime) -> dict[str, Any]:
    book = considered.court.book
    return {
        "reason": considered.outcome.decision.reason,
        "reasons": _in_words(connection, considered),
        "policy_digest": book.digest,
        "as_of": as_of.astimezone(book.calendar.zone).isoformat(),
    }


def _in_words(connection: Connection, considered: Considered) -> list[dict[str, Any]]:
    reasons = considered.court.book.reasons
    facts = considered.outcome.facts
    audience = reasons.audience_of(facts if isinstance(facts, LoginFacts) else None)
    given = considered.outcome.decision.reasons
    cures = [reasons.cure(each.code, audience) for each in given]
    if any(cure.by_coordinator for cure in cures):
        cures = _possible(connection, considered, cures)
    meanings = [reasons.by_code[each.code].meaning for each in given]
    return [_worded(*each) for each in zip(given, meanings, cures, strict=True)]


def _worded(given: Given, meaning: str, cure: Cure) -> dict[str, Any]:
    return {
        "code": given.code,
        "meaning": meaning,
        "remedy": cure.remedy,
        "contact": cure.contact,
        "rule": given.rule,
        "authority": given.authority,
    }


def _possible(connection: Connection, considered: Considered, cures: Sequence[Cure]) -> list[Cure]:
    """*cures*, with another one where no coordinator could bring it."""
    standing, book = considered.evidence.standing, considered.court.book
    about = considered.inquiry.property_id if considered.outcome.applies_to == "property" else None
    able = helpers(connection, standing, book.catalogue, about) if standing else []
    return [
        cure if not cure.by_coordinator or _can(cure, able) else book.reasons.without_coordinator
        for cure in cures
    ]


def _can(cure: Cure, able: Sequence[frozenset[str]]) -> bool:
    return any(not cure.coordinator_holds or cure.coordinator_holds & held for held in able)
