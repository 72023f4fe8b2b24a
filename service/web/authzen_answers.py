"""What AuthZEN is told beside a decision: its entry, and when asked for, why and what cures."""

from typing import Any

from service.ledger.entries import Written
from service.recertification.asking.answer import Explained, Remedy
from service.recertification.asking.judging import Evaluated
from service.web.authzen_reading import Item

#: The doors of the actions by which a lock may be ended.
_DOORS = {"unlock": "/v1/unlocks", "certify": "/v1/certifications"}


def of_the_wrong(item: Item) -> dict[str, Any]:
    """The answer to an item that is no question."""
    return {"decision": False, "context": {"error": {"status": 400, "message": item.wrong}}}


def context_of(
    evaluated: Evaluated, written: Written, more: Explained | None, public_url: str
) -> dict[str, Any]:
    """The context of a decision; *more*: where the reasons were asked for."""
    context = {"decision_id": written.entry_id, "reason": evaluated.decision.reason}
    if more is None:
        return context
    told = {**context, **more.told, "receipt": written.receipt, **_both_ways(more.told)}
    if more.remedy is None:
        return told
    return {
        **told,
        "evaluation_id": written.entry_id,
        "evaluated_at": more.told["as_of"],
        "access_request": _request(more.remedy, public_url),
    }


def _both_ways(told: dict[str, Any]) -> dict[str, Any]:
    """The first reason, in English, for whoever looks after the caller and for the user."""
    first = told["reasons"][0]
    cure = " ".join(filter(None, (first["meaning"], first["remedy"], first["contact"])))
    return {
        "reason_admin": {"en": " ".join(filter(None, (first["code"], first["rule"])))},
        "reason_user": {"en": cure},
    }


def _request(remedy: Remedy, public_url: str) -> dict[str, Any]:
    asked = {"expires_at": remedy.until.isoformat(), "display": remedy.words}
    door = _DOORS.get(remedy.action)
    return {**asked, "endpoint": public_url + door} if door else asked
