"""GET /v1/reports/...: the last-login report, and the properties with a single coordinator."""

from flask import Response
from flask_smorest import Blueprint

from service.web.documented import views
from service.web.management_schemas import PropertiesAnswer, ReportAnswer, ReportQuery
from service.web.managing import asked, called

_QUERY = ReportQuery()
blueprint = Blueprint("reports", __name__, description="What a coordinator looks after.")


@blueprint.get("/v1/reports/last-logins")
@views(blueprint, ReportQuery)
@blueprint.response(200, ReportAnswer, description="One page of the report, or why not")
def last_logins() -> Response:
    """The assigned staff with their last access, who is locked for want of use, and why else.

    Asked with `locked_only=true` a page may be short; go on while `next_cursor` is not null.
    """
    return asked(called("last_login_report"), query=_QUERY)


@blueprint.get("/v1/reports/single-coordinator-properties")
@views(blueprint)
@blueprint.response(200, PropertiesAnswer, description="The properties, or why not")
def single_coordinator_properties() -> Response:
    """Those of the actor's properties that no second coordinator looks after."""
    return asked(called("single_coordinator_report"))
