"""Write down what was decided: the ledger entry and, for an allowed login, the activity."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from models.gate import Activity
from service.core.facts import as_groups
from service.core.standing import to_plain
from service.ledger.entries import Entry, Written, append
from service.login.consider import Considered
from service.people.caller import Caller


def _later_activity(insert: Any) -> Any:
    """Insert an activity or move it forward; built once for each kind of database."""
    statement = insert(Activity)
    later = statement.excluded.last_on
    return statement.on_conflict_do_update(
        index_elements=["person_id"], set_={"last_on": later}, where=Activity.last_on < later
    )


_MOVE = {
    "sqlite": _later_activity(sqlite.insert),
    "postgresql": _later_activity(postgresql.insert),
}


def record(
    connection: Connection, considered: Considered, *, as_of: datetime, caller: Caller
) -> Written:
    """Enter a login in the ledger and move the activity of whoever came in."""
    allowed = considered.outcome.decision.allowed
    if allowed and considered.inquiry.entry:
        day = considered.court.book.calendar.day_of(as_of)
        move_activity(connection, considered.inquiry.user_id, day)
    outcome = "allow" if allowed else "lock"
    return append(connection, entry_of("login", considered, outcome, as_of, caller))


def entry_of(
    kind: str, considered: Considered, outcome: str, as_of: datetime, caller: Caller
) -> Entry:
    """The entry that keeps *considered*: question, evidence, facts, outcome, every reason."""
    return Entry(
        kind=kind,
        as_of=as_of,
        outcome=outcome,
        person_id=considered.inquiry.user_id,
        reason=considered.outcome.decision.reason,
        caller=caller.name,
        request_id=caller.request_id,
        said=_said(considered),
    )


def _said(considered: Considered) -> dict[str, Any]:
    outcome, evidence = considered.outcome, considered.evidence
    return {
        "inquiry": asdict(considered.inquiry),
        "evidence": {
            "standing": to_plain(evidence.standing) if evidence.standing else None,
            "last_activity_on": evidence.last_activity_on,
        },
        "facts": _facts(considered),
        "applies_to": outcome.applies_to,
        "reasons": [asdict(reason) for reason in outcome.decision.reasons],
        "refused_properties": [list(each) for each in outcome.refused],
        "options": list(outcome.options),
        "digest": considered.court.book.digest,
    }


def _facts(considered: Considered) -> dict[str, Any]:
    facts = as_groups(considered.outcome.facts)
    opened = [as_groups(each) for each in considered.outcome.opened]
    if opened:
        facts["contract"] = opened[0]["contract"]
        facts["property"] = opened[0]["property"]
    if len(opened) > 1:
        facts["property"] = [each["property"] for each in opened]
    return facts


def move_activity(connection: Connection, person_id: str, day: str) -> None:
    """Move the activity of a person to *day*, never backwards."""
    row = {"person_id": person_id, "last_on": day}
    connection.execute(_MOVE[connection.dialect.name], row)
