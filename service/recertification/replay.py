"""Decisions derived again from their record: by the rulebook they were made by, or by another.

Under its own rulebook a decision comes out exactly as it was recorded, to every fact and the line
of every row. Under another one only what is decided is compared: rows may stand elsewhere there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.inquiry import Inquiry
from service.core.standing import from_plain
from service.login.consider import Considered as Login
from service.login.consider import accepting
from service.login.decide import Evidence, decide
from service.login.gather import Gathered as AtTheGate
from service.login.record import login_said
from service.policy.active import Court
from service.recertification.asking.judging import Bench
from service.recertification.asking.known import known_from
from service.recertification.asking.question import question_of
from service.recertification.asking.record import ALLOW, DENY, EVALUATION, said
from service.recertification.consider import Considered
from service.recertification.counting import counts
from service.recertification.decide import decide as decide_call
from service.recertification.gather import Gathered
from service.recertification.record import facts_said

#: The kinds of entries that are decisions.
KINDS = ("login", "rob_acceptance", EVALUATION, *MANAGEMENT)
_Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What of a decision comes out otherwise than it was recorded."""

    entry_id: str
    field: str
    recorded: Any
    derived: Any


def replay(entry: _Document, court: Court) -> list[Difference]:
    """What of *entry* comes out otherwise by the rulebook of *court*; nothing when it is equal."""
    found = _derived(entry, court)
    if court.book.digest != entry["digest"]:
        found, entry = _decided(found), {**entry, **_decided(entry)}
    told: dict[str, Any] = orjson.loads(orjson.dumps(found))
    return [
        Difference(str(entry["id"]), name, entry[name], value)
        for name, value in told.items()
        if entry[name] != value
    ]


def _derived(entry: _Document, court: Court) -> dict[str, Any]:
    if entry["kind"] in MANAGEMENT:
        return _call(entry, court)
    if entry["kind"] == EVALUATION:
        return _evaluation(entry, court)
    considered = _login(entry, court)
    allowed = considered.outcome.decision.allowed
    words = ("allow", "lock") if entry["kind"] == "login" else ("done", "refused")
    return {
        **login_said(considered),
        "outcome": words[0] if allowed else words[1],
        "reason": considered.outcome.decision.reason,
    }


def _evaluation(entry: _Document, court: Court) -> dict[str, Any]:
    kept = entry["evidence"]
    known = known_from(kept, {i: _evidence(each) for i, each in kept["people"].items()})
    bench = Bench(known, court, datetime.fromisoformat(entry["as_of"]))
    found = bench(question_of(entry["inquiry"]))
    outcome = ALLOW if found.decision.allowed else DENY
    return {**said(found), "outcome": outcome, "reason": found.decision.reason}


def _login(entry: _Document, court: Court) -> Login:
    inquiry, evidence = Inquiry(**entry["inquiry"]), _evidence(entry["evidence"])
    outcome = decide(inquiry, evidence, court, datetime.fromisoformat(entry["as_of"]))
    gathered = AtTheGate(court.book.digest, None, evidence)
    considered = Login(inquiry, gathered, court, outcome)
    return considered if entry["kind"] == "login" else accepting(considered)


def _call(entry: _Document, court: Court) -> dict[str, Any]:
    asked, kept = dict(entry["call"]), entry["evidence"]
    del asked["page"]
    for name in ("user_ids", "items"):
        asked[name] = tuple(asked[name])
    people = {i: _evidence(each) for i, each in kept["people"].items()}
    gathered = Gathered(court.book.digest, people, frozenset(kept["assigned"]))
    today = court.book.calendar.day_of(datetime.fromisoformat(entry["as_of"]))
    call = Call(**asked)
    outcome = decide_call(call, gathered, court, today)
    considered = Considered(call, gathered, court, today, outcome)
    decision = outcome.decision
    if decision.allowed and "counts" in entry["result"]:
        decision = counts(
            considered.named,
            considered.target,
            considered.named.window,
            considered.shared,
            court,
        )
    return {
        "outcome": "done" if outcome.decision.allowed else "refused",
        "reason": decision.reason,
        "reasons": decision.plain_reasons,
        "actor_reasons": list(outcome.menu.codes),
        "facts": facts_said(outcome),
        "digest": court.book.digest,
    }


def _decided(entry: _Document) -> dict[str, Any]:
    """What is decided, without where that stands."""
    codes = [reason["code"] for reason in entry["reasons"]]
    more = {n: entry[n] for n in ("refused_properties", "options", "actor_reasons") if n in entry}
    return {"outcome": entry["outcome"], "reasons": codes, **more}


def _evidence(kept: _Document) -> Evidence:
    standing = kept["standing"]
    return Evidence(from_plain(standing) if standing else None, kept["last_activity_on"])
