"""Write questions down: what was asked, on what it was judged, what was said. Nothing else."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from service.ledger.entries import Entry
from service.people.caller import Caller
from service.recertification.asking.judging import Evaluated
from service.recertification.asking.known import person_id_in
from service.recertification.asking.question import USER, Question
from service.recertification.asking.searching import Found

EVALUATION, SEARCH = "evaluation", "search"
#: What an entry says came of a question.
ALLOW, DENY = "allow", "deny"


def entry_of(evaluated: Evaluated, as_of: datetime, caller: Caller) -> Entry:
    """The entry that keeps a question and the answer to it."""
    decision = evaluated.decision
    return Entry(
        kind=EVALUATION,
        as_of=as_of,
        outcome=ALLOW if decision.allowed else DENY,
        person_id=_about(evaluated.question),
        reason=decision.reason,
        caller=caller.name,
        request_id=caller.request_id,
        said=said(evaluated),
    )


def said(evaluated: Evaluated) -> dict[str, Any]:
    """What the entry of an evaluation says beyond what it is found by."""
    told = {
        "inquiry": evaluated.question.plain,
        "evidence": evaluated.known.plain(),
        "facts": evaluated.facts,
        "reasons": evaluated.decision.plain_reasons,
        "digest": evaluated.court.book.digest,
    }
    return told if evaluated.call is None else {**told, "call": asdict(evaluated.call)}


def _about(question: Question) -> str:
    """Whom the entry is found by: the one acted upon, or whoever would come in."""
    found = question.resource_id if question.resource_type == USER else question.subject_id
    return person_id_in(found)


def entry_of_search(
    searched: str, question: Question, found: Found, digest: str, as_of: datetime, caller: Caller
) -> Entry:
    """The entry that keeps what was *searched* for (subject, resource or action) and found."""
    return Entry(
        kind=SEARCH,
        as_of=as_of,
        outcome="done",
        person_id=person_id_in(question.subject_id),
        caller=caller.name,
        request_id=caller.request_id,
        said={
            "searched": searched,
            "inquiry": question.plain,
            "results": list(found.results),
            "through": found.through,
            "digest": digest,
        },
    )
