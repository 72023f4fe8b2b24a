"""GET /v1/decisions: their list; one as the ledger keeps it, and derived again."""

from dataclasses import asdict
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from service.ledger.entries import read_entry
from service.login.gather import active_court
from service.recertification.replay import KINDS, replay
from service.recertification.review.decisions import decisions
from service.recertification.review.paging import page_of
from service.recertification.review.span import between
from service.web.answers import shown
from service.web.callers import caller
from service.web.documented import lists, reads
from service.web.loading import asked_for
from service.web.review_schemas import DecisionsAnswer, DecisionsQuery
from service.web.schemas import DecisionAnswer, ReplayAnswer
from service.web.wired import wiring

_QUERY = DecisionsQuery()
blueprint = Blueprint("decisions", __name__, description="What was decided, and on what.")


@blueprint.get("/v1/decisions")
@lists(blueprint, DecisionsQuery, "decisions")
@blueprint.response(200, DecisionsAnswer, description="One page of the decisions")
def list_decisions() -> Response:
    """Decisions about people, the newest first, each reason with its meaning, a page at a time.

    An unlock of several people is found by each of them. What is decided while the pages are
    turned stands before the first one and moves none. Days are those of the active calendar.
    """
    caller("decisions")
    asked = asked_for(_QUERY)
    limit, parts = asked.pop("limit"), wiring()
    cursor = asked.pop("cursor", None)
    with parts.reader.begin() as connection:
        zone = active_court(connection, parts.courts).book.calendar.zone
        search = between(asked, zone, before=str(cursor or ""))
        found, more = page_of(decisions(connection, search, parts.courts, limit + 1), limit)
    return shown({"decisions": found, "next_cursor": more})


@blueprint.get("/v1/decisions/<uuid:decision_id>")
@reads(blueprint, "decisions")
@blueprint.response(200, DecisionAnswer, description="The entry as it was written")
def show_decision(decision_id: UUID) -> Response:
    """One decision: what was asked, the raw evidence, the facts the rules saw, every reason.

    A login has its `inquiry`, a management call its `call` and what came of it, `result`.
    """
    caller("decisions")
    with wiring().reader.begin() as connection:
        entry = read_entry(connection, str(decision_id))
    if entry is None or "reasons" not in entry:
        raise NotFound(f"there is no decision {decision_id}")
    return shown(entry)


@blueprint.get("/v1/decisions/<uuid:decision_id>/replay")
@reads(blueprint, "decisions")
@blueprint.response(200, ReplayAnswer, description="Whether it comes out as it was recorded")
def replay_decision(decision_id: UUID) -> Response:
    """The decision derived again from its record, by the rulebook it was made by."""
    caller("decisions")
    parts = wiring()
    with parts.reader.begin() as connection:
        entry = read_entry(connection, str(decision_id))
        if entry is None or entry["kind"] not in KINDS:
            raise NotFound(f"there is no decision {decision_id}")
        found = replay(entry, parts.courts.of(entry["digest"], connection))
    told = {"decision_id": str(decision_id), "digest": entry["digest"], "equal": not found}
    differences = [asdict(each) for each in found]
    return shown({**told, "differences": differences})
