"""POST /v1/certifications, GET /v1/users/{id}/certifications: requesting recertification."""

from flask import Response
from flask_smorest import Blueprint

from service.web.documented import answers, manages, views
from service.web.management_schemas import CertificationAnswer, CertificationSchema, HistoryAnswer
from service.web.managing import asked, called, posted

_CERTIFICATION = CertificationSchema()
blueprint = Blueprint("certifications", __name__, description="Requesting recertification.")


@blueprint.post("/v1/certifications")
@manages(blueprint, CertificationSchema)
@answers(blueprint, CertificationAnswer, "Done, or refused and why")
def request_recertification() -> Response:
    """Request the recertification of a member of the staff; it works at once.

    `counts` false: no window is open and nothing is lacking; the request is kept, but has to be
    repeated in the window.
    """
    return posted(_CERTIFICATION, called("certify"))


@blueprint.get("/v1/users/<person:user_id>/certifications")
@views(blueprint)
@blueprint.response(200, HistoryAnswer, description="The requests, or why not")
def view_history(user_id: str) -> Response:
    """Every request made for a member of the staff, newest first."""
    return asked(called("view_history"), path={"user_id": user_id})
