"""POST /v1/logins and POST /v1/rob-acceptances."""

from functools import partial
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection

from service.core.inquiry import Inquiry
from service.login.asked import BadlyAskedError, Errors, strangers, wrong_codes
from service.login.gate import accept_rob, log_in
from service.login.gather import active_court
from service.web.answers import receipted
from service.web.callers import bearer, caller, entitled, known_by
from service.web.documented import answers, asks
from service.web.idempotency import OF_A_LOGIN, OF_MANAGEMENT, answer_once
from service.web.loading import load, load_login
from service.web.requests import read_object
from service.web.schemas import AcceptanceAnswer, AcceptanceSchema, LoginAnswer, LoginSchema
from service.web.wired import instant, wiring

_ACCEPTANCE = AcceptanceSchema()
_LOGIN, _ACCEPT = "login", "accept_rob"
blueprint = Blueprint("gate", __name__, description="May this person come in?")


@blueprint.post("/v1/logins")
@asks(blueprint, LoginSchema, _LOGIN)
@answers(blueprint, LoginAnswer, "The decision: allow or lock")
def log_in_at() -> Response:
    """May this person come in at this entry, now?

    A lock is a 200 as well, with every reason, the cure and whom to ask. Anything but a 200 is no
    decision: let nobody in.
    """
    parts, token = wiring(), bearer()
    as_of = instant()
    try:
        inquiry = _inquiry(read_object())
    except Exception:
        known_by(token, _LOGIN)  # who is unknown learns that before anything else
        raise

    def decided(connection: Connection) -> bytes:
        logged = log_in(
            connection,
            inquiry,
            courts=parts.courts,
            as_of=as_of,
            token=token,
            caller=lambda client, court: entitled(token, client, court, _LOGIN, as_of),
        )
        return receipted(logged.written, logged.answer)

    by = partial(known_by, token, _LOGIN)
    return answer_once(decided, by=by, as_of=as_of, lives=OF_A_LOGIN, run=parts.once)


@blueprint.post("/v1/rob-acceptances")
@asks(blueprint, AcceptanceSchema, _ACCEPT)
@answers(blueprint, AcceptanceAnswer, "Done, or refused and why")
def accept_rules() -> Response:
    """The person accepts the Rules of Behavior; decided by the login rules at their page."""
    parts, by = wiring(), caller(_ACCEPT)
    as_of = instant()
    fields, errors = load(_ACCEPTANCE, read_object())
    if errors:
        raise BadlyAskedError(errors)
    user_id = fields["user_id"]

    def done(connection: Connection) -> bytes:
        accepted = accept_rob(connection, user_id, courts=parts.courts, as_of=as_of, caller=by)
        return receipted(accepted.written, accepted.answer)

    return answer_once(done, by=lambda: by, as_of=as_of, lives=OF_MANAGEMENT)


def _inquiry(body: dict[str, Any]) -> Inquiry:
    """The question; raises BadlyAskedError with all that is wrong, shape and codes together."""
    fields, errors = load_login(body)
    if not errors:
        return Inquiry(**fields)
    shaped = Inquiry(**{"user_id": "", **fields})
    raise BadlyAskedError({**_wrong_codes(shaped, errors), **errors})


def _wrong_codes(inquiry: Inquiry, errors: Errors) -> Errors:
    parts = wiring()
    with parts.reader.begin() as connection:
        catalogue = active_court(connection, parts.courts).book.catalogue
        wrong = wrong_codes(inquiry, catalogue) or strangers(inquiry, connection)
    return {} if {"entry", "system"} & set(errors) else wrong
