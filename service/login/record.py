"""Write down what was decided: the ledger entry and, for an allowed login, the activity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orjson import Fragment
from sqlalchemy import Connection

from service.core.facts import as_groups
from service.core.login_facts import LoginFacts, PropertyFacts, SystemFacts
from service.core.standing import to_plain
from service.ledger.entries import Entry, Written, append, draw_up
from service.login.consider import Considered
from service.login.decide import Evidence
from service.login.writing import write_held
from service.people.activity import move_to
from service.people.caller import Caller


def record(
    connection: Connection, considered: Considered, *, as_of: datetime, caller: Caller
) -> Written | None:
    """Enter a login in the ledger and move the activity of whoever came in.

    None, and nothing written, when what it was judged on has changed since it was read. On SQLite
    nobody else writes meanwhile.
    """
    allowed = considered.outcome.decision.allowed
    moves = allowed and considered.inquiry.entry
    day = considered.court.book.calendar.day_of(as_of) if moves else ""
    entry = entry_of("login", considered, "allow" if allowed else "lock", as_of, caller)
    if connection.dialect.name != "sqlite":
        drawn = draw_up(connection, entry)
        written = write_held(connection, drawn, considered.gathered, day)
        return drawn.written if written else None
    if day:
        move_to(connection, considered.inquiry.user_id, day)
    return append(connection, entry)


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
        said=login_said(considered),
    )


def login_said(considered: Considered) -> dict[str, Any]:
    """What the entry of a login says beyond what it is found by."""
    outcome, evidence = considered.outcome, considered.evidence
    return {
        "inquiry": considered.inquiry.plain,
        "evidence": plain_evidence(evidence),
        "facts": gate_facts(outcome.facts, outcome.opened),
        "applies_to": outcome.applies_to,
        "reasons": outcome.decision.plain_reasons,
        "refused_properties": [list(each) for each in outcome.refused],
        "options": list(outcome.options),
        "digest": considered.court.book.digest,
    }


def plain_evidence(evidence: Evidence) -> dict[str, Any]:
    """The *evidence* as the ledger keeps it: a standing in the bytes it was read in, if any."""
    standing: Fragment | dict[str, Any] | None = None
    if evidence.document:
        standing = Fragment(evidence.document)
    elif evidence.standing:
        standing = to_plain(evidence.standing)
    return {"standing": standing, "last_activity_on": evidence.last_activity_on}


def gate_facts(
    entering: LoginFacts | SystemFacts, opening: Sequence[PropertyFacts] = ()
) -> dict[str, Any]:
    """The facts of somebody *entering*, and of each property judged, as the ledger keeps them."""
    facts = as_groups(entering)
    opened = [as_groups(each) for each in opening]
    if opened:
        facts["contract"] = opened[0]["contract"]
        facts["property"] = opened[0]["property"]
    if len(opened) > 1:
        facts["property"] = [each["property"] for each in opened]
    return facts
