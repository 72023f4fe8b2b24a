"""The steps below /v1/policy: publish, approve, activate, and the way back."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy import Connection

from service.core.findings import RulebookError
from service.login.asked import BadlyAskedError
from service.people.caller import Caller
from service.policy.candidate import Candidate, active_texts, candidate
from service.policy.checked import Checked, check
from service.policy.revisions import Hand
from service.policy.steps import Step, activate, approve, publish, roll_back
from service.web.answers import receipted
from service.web.callers import caller
from service.web.documented import asks, steps
from service.web.idempotency import OF_MANAGEMENT, answer_once
from service.web.loading import load
from service.web.policy_schemas import NoteSchema, RevisionSchema, StepAnswer, StepSchema
from service.web.requests import read_object
from service.web.wired import instant, wiring

LARGEST_REVISION = 4 * 1024 * 1024
_REVISION, _STEP, _NOTE = RevisionSchema(), StepSchema(), NoteSchema()
_Taken = Callable[[Connection, Hand], Step]
blueprint = Blueprint("policy_steps", __name__, description="What changes the rules that count.")


@blueprint.post("/v1/policy/revisions")
@asks(blueprint, RevisionSchema, "publish")
@steps(blueprint, StepAnswer, "It is published, and what was found of it")
def publish_revision() -> Response:
    """Publish a revision: read strictly, linted, proven, and compared with the active one.

    Takes seconds. What can change a decision counts only when somebody else approved it.
    """
    by = caller("publish")
    asked = _asked(_REVISION, largest=LARGEST_REVISION)
    wished = _candidate({path: text.encode() for path, text in asked["texts"].items()})
    found = {"changes": wished.changes, "report": dict(wished.report)}
    return _take(lambda c, hand: publish(c, wished, hand), by, asked["note"], **found)


@blueprint.post("/v1/policy/revisions/<digest:digest>/approval")
@asks(blueprint, StepSchema, "approve")
@steps(blueprint, StepAnswer, "It is approved")
def approve_revision(digest: str) -> Response:
    """Consent that a revision replace the active one; nobody approves a revision of his own."""
    by, asked = caller("approve"), _asked(_STEP)
    return _take(
        lambda c, hand: approve(c, digest, hand, replaces=asked["replaces"]), by, asked["note"]
    )


@blueprint.post("/v1/policy/revisions/<digest:digest>/activation")
@asks(blueprint, StepSchema, "activate")
@steps(blueprint, StepAnswer, "It counts from now on")
def activate_revision(digest: str) -> Response:
    """Let an approved revision count, or one that is proven to change no decision."""
    by, asked, courts = caller("activate"), _asked(_STEP), wiring().courts
    return _take(
        lambda c, hand: activate(c, digest, hand, courts=courts, replaces=asked["replaces"]),
        by,
        asked["note"],
    )


@blueprint.post("/v1/policy/rollback")
@asks(blueprint, NoteSchema, "roll_back")
@steps(blueprint, StepAnswer, "The revision before counts again")
def roll_back_policy() -> Response:
    """Go back to the revision just before, within seven days; it needs no approval."""
    by, asked, courts = caller("roll_back"), _asked(_NOTE), wiring().courts
    return _take(lambda c, hand: roll_back(c, hand, courts=courts), by, asked["note"])


def _asked(schema: Schema, **limits: int) -> dict[str, Any]:
    """The fields of the body; a step needs none, so it needs no body either."""
    needless = schema is not _REVISION and not request.get_data()
    asked, errors = load(schema, {} if needless else read_object(**limits))
    if errors:
        raise BadlyAskedError(errors)
    return asked


def _candidate(texts: dict[str, bytes]) -> Candidate:
    """*texts* checked and compared; raises BadlyAskedError with everything to mend."""
    parts = wiring()
    with parts.reader.begin() as connection:
        active = active_texts(connection)
    try:
        checked = check(texts, instant())
    except RulebookError as error:
        found = [(f"{each.file}:{each.line}", each.message) for each in error.findings]
    else:
        found = _mistakes(checked)
    if found:
        errors: dict[str, list[str]] = {}
        for place, message in found:
            errors.setdefault(place, []).append(message)
        raise BadlyAskedError(errors)
    return candidate(texts, checked, active)


def _mistakes(checked: Checked) -> list[tuple[str, str]]:
    lint = [(f"{each.file}:{each.line}", each.message) for each in checked.findings]
    return [*lint, *((each.place, each.message) for each in checked.disproofs)]


def _take(step: _Taken, by: Caller, note: str, **more: Any) -> Response:
    """Take a step in one transaction; what is refused is a 409."""
    as_of = instant()
    hand = Hand(by=by.name, as_of=as_of, note=note, request_id=by.request_id)

    def taken(connection: Connection) -> bytes:
        came = step(connection, hand)
        outcome = "done" if came.done else "refused"
        told = {"digest": came.digest, "replaces": came.replaces, "why": list(came.why), **more}
        return receipted(came.written, {"outcome": outcome, **told})

    response = answer_once(taken, by=lambda: by, as_of=as_of, lives=OF_MANAGEMENT)
    if orjson.loads(response.get_data())["outcome"] == "refused":
        response.status_code = 409
    return response
