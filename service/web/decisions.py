"""GET /v1/decisions/{id}: one decision as the ledger keeps it, and derived again."""

from dataclasses import asdict
from uuid import UUID

import orjson
from flask import Response
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from models.engine import reading
from service.ledger.entries import read_entry
from service.recertification.replay import KINDS, replay
from service.web.callers import caller
from service.web.documented import reads
from service.web.schemas import DecisionAnswer, ReplayAnswer
from service.web.wired import wiring

blueprint = Blueprint("decisions", __name__, description="What was decided, and on what.")


@blueprint.get("/v1/decisions/<uuid:decision_id>")
@reads(blueprint, "auditor")
@blueprint.response(200, DecisionAnswer, description="The entry as it was written")
def show_decision(decision_id: UUID) -> Response:
    """One decision: what was asked, the raw evidence, the facts the rules saw, every reason.

    A login has its `inquiry`, a management call its `call` and what came of it, `result`.
    """
    caller("auditor")
    with reading(wiring().engine).begin() as connection:
        entry = read_entry(connection, str(decision_id))
    if entry is None or "reasons" not in entry:
        raise NotFound(f"there is no decision {decision_id}")
    return Response(orjson.dumps(entry), mimetype="application/json")


@blueprint.get("/v1/decisions/<uuid:decision_id>/replay")
@reads(blueprint, "auditor")
@blueprint.response(200, ReplayAnswer, description="Whether it comes out as it was recorded")
def replay_decision(decision_id: UUID) -> Response:
    """The decision derived again from its record, by the rulebook it was made by."""
    caller("auditor")
    parts = wiring()
    with reading(parts.engine).begin() as connection:
        entry = read_entry(connection, str(decision_id))
        if entry is None or entry["kind"] not in KINDS:
            raise NotFound(f"there is no decision {decision_id}")
        found = replay(entry, parts.courts.of(entry["digest"], connection))
    told = {"decision_id": str(decision_id), "digest": entry["digest"], "equal": not found}
    differences = [asdict(each) for each in found]
    return Response(
        orjson.dumps({**told, "differences": differences}), mimetype="application/json"
    )
