"""GET /v1/policy/who-can: everybody who may do something today, a page at a time."""

from flask import Response
from flask_smorest import Blueprint

from service.login.gather import active_court
from service.recertification.able.looking import WhoCan
from service.recertification.able.question import Question
from service.web.answers import shown
from service.web.callers import caller
from service.web.documented import lists
from service.web.loading import asked_for
from service.web.review_schemas import WhoCanAnswer, WhoCanQuery
from service.web.wired import instant, wiring

#: A page looks at so many people and no more, whoever they are.
_LOOKED_AT = 500
_QUERY = WhoCanQuery()
blueprint = Blueprint("who_can", __name__, description="Who may do what.")


@blueprint.get("/v1/policy/who-can")
@lists(blueprint, WhoCanQuery, "who_can")
@blueprint.response(200, WhoCanAnswer, description="One page of the people who can")
def who_can() -> Response:
    """Who may do something today, by the judge that decides it; one row for each person.

    Without `user_id` an action of the subsystem lists whoever may do it to anybody at all: those
    to whom the menu shows it. A page may be short; go on while `next_cursor` is not null.
    """
    caller("who_can")
    fields = asked_for(_QUERY)
    limit, cursor = fields.pop("limit"), fields.pop("cursor", "")
    parts = wiring()
    as_of = instant()
    with parts.reader.begin() as connection:
        court = active_court(connection, parts.courts)
        asked = WhoCan(connection, Question(**fields), court, as_of)
        found = asked.look(connection, cursor, _LOOKED_AT, limit)
    told = {
        "people": found.able,
        "next_cursor": found.through,
        "policy_digest": court.book.digest,
        "as_of": as_of.astimezone(court.book.calendar.zone),
    }
    return shown(told)
