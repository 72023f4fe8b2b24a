"""GET and POST /v1/staff, DELETE /v1/staff/{coordinator_id}/{user_id}: assigned staff."""

from flask import Response
from flask_smorest import Blueprint

from service.web.documented import answers, manages, views
from service.web.management_schemas import RelationAnswer, StaffAnswer, StaffQuery, StaffSchema
from service.web.managing import asked, called, posted

_STAFF, _QUERY = StaffSchema(), StaffQuery()
blueprint = Blueprint("staff", __name__, description="Who is whose assigned staff.")


@blueprint.get("/v1/staff")
@views(blueprint, StaffQuery)
@blueprint.response(200, StaffAnswer, description="The list, or why not")
def view_staff() -> Response:
    """The staff assigned to a coordinator, in the order of their IDs, a page at a time."""
    return asked(called("view_staff"), query=_QUERY)


@blueprint.post("/v1/staff")
@manages(blueprint, StaffSchema)
@answers(blueprint, RelationAnswer, "Done, or refused and why")
def assign_staff() -> Response:
    """Assign somebody to a coordinator; a relationship that exists stays."""
    return posted(_STAFF, called("assign_staff"))


@blueprint.delete("/v1/staff/<person:coordinator_id>/<person:user_id>")
@views(blueprint)
@blueprint.response(200, RelationAnswer, description="Done, or refused and why")
def unassign_staff(coordinator_id: str, user_id: str) -> Response:
    """End a relationship; requests made under it keep counting."""
    named = {"coordinator_id": coordinator_id, "user_id": user_id}
    return asked(called("unassign_staff"), path=named)
