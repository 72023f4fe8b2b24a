"""GET /.well-known/authzen-configuration: where the doors of AuthZEN are.

The URLs come from the settings, never from what a request calls this host.
"""

from urllib.parse import urlsplit

from flask import Response
from flask_smorest import Blueprint

from service.web.answers import shown
from service.web.authzen_schemas import ConfigurationAnswer
from service.web.documented import open_to_all

_WELL_KNOWN = "/.well-known/authzen-configuration"
_KEPT_SECONDS = 3600
_DOORS = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}


def discovery(public_url: str) -> Blueprint:
    """The door that tells of *public_url*; the path of that stands behind the well-known one."""
    blueprint = Blueprint("discovery", __name__, description="Where AuthZEN is answered.")

    @blueprint.get(_WELL_KNOWN + urlsplit(public_url).path)
    @open_to_all(blueprint)
    @blueprint.response(200, ConfigurationAnswer, description="The metadata")
    def show_configuration() -> Response:
        """The metadata of this policy decision point (OpenID AuthZEN 1.0)."""
        doors = {name: public_url + path for name, path in _DOORS.items()}
        response = shown({"policy_decision_point": public_url, **doors})
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
        return response

    return blueprint
