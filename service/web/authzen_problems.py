"""What is wrong with a call of AuthZEN: a status and a sentence, as its specification wants it.

A deny is none. That nothing could be decided is told as everywhere: 503, let nobody in.
"""

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import HTTPException

from service.web.authzen_reading import MisaskedError
from service.web.problems import CHALLENGE, CallerError
from service.web.requests import REQUEST_ID


def register_plain_problems(blueprint: Blueprint) -> None:
    """Answer what is wrong at the doors of *blueprint* with a sentence, and echo whatever id a
    request brought."""
    blueprint.register_error_handler(MisaskedError, lambda error: _told(400, str(error)))
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(CallerError, _caller)
    blueprint.after_request(_echo)


def _http(error: HTTPException) -> Response:
    return _told(error.code or 500, error.description or error.name)


def _caller(error: CallerError) -> Response:
    response = _told(error.status, str(error))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _told(status: int, sentence: str) -> Response:
    return Response(sentence, status, mimetype="text/plain")


def _echo(response: Response) -> Response:
    if given := request.headers.get(REQUEST_ID):
        response.headers[REQUEST_ID] = given
    return response
