"""GET /v1/decisions/{id}: one decision as the ledger keeps it."""

from uuid import UUID

import orjson
from flask import Response
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from models.engine import reading
from service.ledger.entries import read_entry
from service.web.callers import caller
from service.web.documented import reads
from service.web.schemas import DecisionAnswer
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
