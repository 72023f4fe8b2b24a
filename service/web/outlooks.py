"""GET /v1/users/{id}/outlook: when and why each entry will lock if nothing is done."""

from flask import Response
from flask_smorest import Blueprint

from service.login.asked import BadlyAskedError
from service.login.outlook.answer import outlook
from service.web.answers import shown
from service.web.callers import caller
from service.web.documented import lists
from service.web.loading import load_query, read_people
from service.web.outlook_schemas import OutlookAnswer, OutlookQuery
from service.web.wired import instant, wiring

_QUERY = OutlookQuery()
blueprint = Blueprint("outlook", __name__, description="What will come if nothing is done.")


@blueprint.get("/v1/users/<person:user_id>/outlook")
@lists(blueprint, OutlookQuery, "outlook")
@blueprint.response(200, OutlookAnswer, description="Each entry, when it locks and why")
def show_outlook(user_id: str) -> Response:
    """When and why each entry of a person will lock if nothing changes.

    Found by the rules of the gate itself, moving the day: no login, no request, no acceptance,
    no new policies. An entry that is locked already locks today.
    """
    caller("outlook")
    parts = wiring()
    fields, wrong = load_query(_QUERY)
    people, unreadable = read_people({"user_id": user_id})
    if wrong or unreadable:
        raise BadlyAskedError({**wrong, **unreadable})
    with parts.reader.begin() as connection:
        told = outlook(
            connection, people["user_id"], courts=parts.courts, as_of=instant(), **fields
        )
    return shown(told)
