"""Write a management call down: who asked what, on what it was judged, what came of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.core.decision import Decision
from service.core.facts import as_groups
from service.ledger.entries import Entry, Written, append
from service.login.record import plain_evidence
from service.people.caller import Caller
from service.recertification.consider import Considered
from service.recertification.decide import Outcome
from service.recertification.result import Page, Result


def record(
    connection: Connection,
    considered: Considered,
    result: Result,
    page: Page,
    *,
    decision: Decision,
    as_of: datetime,
    caller: Caller,
) -> Written:
    """Enter a call, done or refused, in the ledger; it is found by the one person it names."""
    call = considered.call
    entry = Entry(
        kind=call.action,
        as_of=as_of,
        outcome="done" if considered.outcome.decision.allowed else "refused",
        person_id=call.user_ids[0] if len(call.user_ids) == 1 else "",
        reason=decision.reason,
        caller=caller.name,
        request_id=caller.request_id,
        said=_said(considered, result, page, decision),
    )
    return append(connection, entry)


def _said(
    considered: Considered, result: Result, page: Page, decision: Decision
) -> dict[str, Any]:
    gathered, outcome = considered.gathered, considered.outcome
    return {
        "call": {**asdict(considered.call), "page": asdict(page)},
        "evidence": {
            "people": {i: plain_evidence(each) for i, each in gathered.people.items()},
            "assigned": sorted(gathered.assigned),
        },
        "facts": facts_said(outcome),
        "actor_reasons": list(outcome.menu.codes),
        "reasons": decision.plain_reasons,
        "result": dict(result.kept),
        "digest": considered.court.book.digest,
    }


def facts_said(outcome: Outcome) -> dict[str, Any]:
    """The facts the rules saw: at the door, and of each person named."""
    people = {each.user_id: as_groups(each.facts) for each in outcome.judged}
    return {"door": as_groups(outcome.door), "people": people}
