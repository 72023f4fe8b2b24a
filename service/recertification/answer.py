"""What leaves the subsystem: done or refused, in words, with what the call was made for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.core.decision import Decision
from service.login.words import SpokenTo, in_words
from service.recertification.manage import Managed


def management_answer(connection: Connection, managed: Managed, as_of: datetime) -> dict[str, Any]:
    """The answer to a management call, but for its id and receipt."""
    book, outcome = managed.considered.court.book, managed.considered.outcome
    answer = {
        "outcome": "done" if outcome.decision.allowed else "refused",
        "reason": managed.decision.reason,
        "reasons": _words(connection, managed, managed.decision),
        **managed.result.fields,
        "policy_digest": book.digest,
        "as_of": as_of.astimezone(book.calendar.zone).isoformat(),
    }
    if not outcome.decision.allowed and not outcome.judged:
        answer["actor_reasons"] = _words(connection, managed, outcome.menu)
    if not outcome.decision.allowed and len(outcome.judged) > 1:
        answer["refused"] = [
            {"user_id": each.user_id, "reasons": list(each.decision.codes)}
            for each in outcome.judged
            if not each.decision.allowed
        ]
    return answer


def _words(connection: Connection, managed: Managed, decision: Decision) -> list[dict[str, Any]]:
    considered = managed.considered
    to = SpokenTo(
        considered.court.book,
        considered.outcome.entering,
        considered.gathered.about(considered.call.actor_id).standing,
    )
    return in_words(connection, decision, to)
