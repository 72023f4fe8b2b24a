"""What leaves the gate: the decision in words, with cure and contact for whoever is locked."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.core.login_facts import LoginFacts
from service.login.consider import Considered
from service.login.words import SpokenTo, told

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
    decision = considered.outcome.decision
    return told(connection, decision, _spoken_to(considered), as_of)


def _spoken_to(considered: Considered) -> SpokenTo:
    outcome, facts = considered.outcome, considered.outcome.facts
    return SpokenTo(
        considered.court.book,
        facts if isinstance(facts, LoginFacts) else None,
        considered.evidence.standing,
        considered.inquiry.property_id if outcome.applies_to == "property" else None,
    )
