"""The OpenAPI document, made when somebody asks for it."""

from threading import Lock
from typing import Any

import orjson
from flask import Flask, Response
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from service.web.doors import with_scopes
from service.web.problems import http_problem


class Described(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The doors of an application; describing them takes as long as hundreds of logins."""

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = Lock()
        super().__init__(app)

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Open the doors of *blueprint*; they are described later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def described(self) -> Any:
        """The OpenAPI document of everything that was registered.

        It says of each call the scopes that open it by the active rules.
        """
        with self._describing:
            for each in self._undescribed:
                each.register_views_in_doc(
                    self, self._app, self.spec, name=each.name, parameters=None
                )
                self.spec.tag({"name": each.name, "description": each.description})
            self._undescribed.clear()
            return with_scopes(self.spec.to_dict())

    def _openapi_json(self) -> Response:
        return Response(orjson.dumps(self.described()), mimetype="application/json")

    def handle_http_exception(self, error: HTTPException) -> Any:
        """A problem document, as for every other error."""
        return http_problem(error)
