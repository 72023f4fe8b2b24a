"""GET /v1/policy and its revisions: which rules count, and what was done with them."""

from flask import Response
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from service.login.gather import active_court
from service.policy.history import described, moves, published
from service.web.answers import shown
from service.web.callers import caller
from service.web.documented import lists, reads
from service.web.loading import asked_for
from service.web.policy_schemas import (
    ActiveAnswer,
    NumberQuery,
    RevisionAnswer,
    RevisionsAnswer,
)
from service.web.wired import wiring

_POLICY = "policy"
_SHOWN_MOVES = 20
_QUERY = NumberQuery()
blueprint = Blueprint("policy", __name__, description="By which rules, and who changed them.")


@blueprint.get("/v1/policy")
@reads(blueprint, _POLICY)
@blueprint.response(200, ActiveAnswer, description="What is active, and the latest moves")
def show_policy() -> Response:
    """The active revision, since when, and the latest moves of the pointer."""
    caller(_POLICY)
    parts = wiring()
    with parts.reader.begin() as connection:
        book = active_court(connection, parts.courts).book
        latest = moves(connection, limit=_SHOWN_MOVES)
    policy = {
        "digest": book.digest,
        "since": latest[0].activated_at,
        "rules": len(book.rows),
        "activation": latest[0],
        "history": latest,
    }
    return shown(policy)


@blueprint.get("/v1/policy/revisions")
@lists(blueprint, NumberQuery, _POLICY)
@blueprint.response(200, RevisionsAnswer, description="The publications")
def list_revisions() -> Response:
    """Every publication, the latest first, a page at a time."""
    caller(_POLICY)
    asked = asked_for(_QUERY)
    before, limit = asked.get("cursor"), asked["limit"]
    with wiring().reader.begin() as connection:
        found = published(connection, before=before, limit=limit + 1)
    more = found[limit - 1].number if len(found) > limit else None
    return shown({"revisions": found[:limit], "next_cursor": more})


@blueprint.get("/v1/policy/revisions/<digest:digest>")
@reads(blueprint, _POLICY)
@blueprint.response(200, RevisionAnswer, description="The revision")
def show_revision(digest: str) -> Response:
    """The texts of a stored revision, and every publication of it with its approvals."""
    caller(_POLICY)
    with wiring().reader.begin() as connection:
        found = described(connection, digest)
    if found is None:
        raise NotFound(f"there is no revision {digest}")
    return shown(found)
