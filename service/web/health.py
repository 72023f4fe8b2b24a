"""GET /healthz and /readyz: whether the process lives, and whether it can decide."""

import orjson
from flask import Response
from flask_smorest import Blueprint

from models.durability import weakness
from models.engine import reading
from models.schema import at_head
from service.login.gather import active_court
from service.web.wired import wiring

blueprint = Blueprint("health", __name__, description="Is it alive, can it decide?")


@blueprint.get("/healthz")
@blueprint.doc(responses={"200": {"description": "The process lives"}}, security=[])
def alive() -> Response:
    """The process lives."""
    return _said(200, {"status": "alive"})


@blueprint.get("/readyz")
@blueprint.doc(
    responses={
        "200": {"description": "Ready to decide"},
        "503": {"description": "Not ready, and what is wrong"},
    },
    security=[],
)
def ready() -> Response:
    """Whether a login could be decided now; if not, what is wrong and how to mend it."""
    wrong = _what_is_wrong()
    status, word = (503, "not ready") if wrong else (200, "ready")
    return _said(status, {"status": word, "wrong": wrong})


def _what_is_wrong() -> list[str]:
    parts = wiring()
    try:
        with reading(parts.engine).begin() as connection:
            if not at_head(connection):
                return ["database: the schema is not this version's; run `gatehouse db upgrade`"]
            if weak := weakness(connection):
                return [f"database: it may forget what was answered: {weak}"]
            active_court(connection, parts.courts)
    except LookupError as error:
        return [f"policy: {error}; run `gatehouse db upgrade`"]
    except Exception as error:  # whatever it is, it is what is wrong
        return [f"{type(error).__module__}: {type(error).__name__}"]
    return []


def _said(status: int, body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")
