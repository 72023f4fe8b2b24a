"""What leaves the subsystem: done or refused, in words, with what the call was made for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.login.words import SpokenTo, in_words, told
from service.recertification.manage import Managed


def management_answer(connection: Connection, managed: Managed, as_of: datetime) -> dict[str, Any]:
    """The answer to a management call, but for its id and receipt."""
    outcome, to = managed.considered.outcome, _spoken_to(managed)
    answer = {
        "outcome": "done" if outcome.decision.allowed else "refused",
        **told(connection, managed.decision, to, as_of),
        **managed.result.fields,
    }
    if not outcome.decision.allowed and not outcome.judged:
        answer["actor_reasons"] = in_words(connection, outcome.menu, to)
    if not outcome.decision.allowed and len(outcome.judged) > 1:
        answer["refused"] = [
            {"user_id": each.user_id, "reasons": list(each.decision.codes)}
            for each in outcome.judged
            if not each.decision.allowed
        ]
    return answer


def _spoken_to(managed: Managed) -> SpokenTo:
    considered = managed.considered
    return SpokenTo(
        considered.court.book,
        considered.outcome.entering,
        considered.gathered.about(considered.call.actor_id).standing,
    )
