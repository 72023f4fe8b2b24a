"""Problems (RFC 9457): a request that got no decision, and why. The only map from errors."""

from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from service.login.asked import BadlyAskedError, Errors
from service.logs import log
from service.web.limits import TooManyError
from service.web.noted import noted
from service.web.requests import request_id

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "1"
#: What a 401 asks for.
CHALLENGE = 'Bearer realm="gatehouse"'


class CallerError(Exception):
    """The caller is not known (401) or may not do this (403)."""

    def __init__(self, status: int, detail: str, **more: str) -> None:
        """*more*: what else the problem document says, such as the reason."""
        self.status, self.more = status, more
        super().__init__(detail)


def register_problems(app: Flask) -> None:
    """Answer every error of *app* with a problem document."""
    app.register_error_handler(BadlyAskedError, lambda error: badly_asked(error.errors))
    app.register_error_handler(CallerError, _caller)
    app.register_error_handler(TooManyError, _too_many)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(Exception, no_decision)


def badly_asked(errors: Errors) -> Response:
    """422: what is wrong with the question, field by field."""
    found = [{"field": f, "detail": each} for f, every in errors.items() for each in every]
    return problem(422, "The question is badly asked", "see `errors`", errors=found)


def http_problem(error: HTTPException) -> Response:
    """Whatever HTTP itself refuses, with the headers it wants (Allow, for one)."""
    response = problem(error.code or 500, error.name, error.description or "")
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def no_decision(error: Exception) -> Response:
    """503: no decision could be made or recorded, so nobody is let in."""
    noted().cause = type(error).__name__
    log().error("no decision", request_id=request_id(), client=noted().client, exc_info=error)
    where = "the database" if isinstance(error, SQLAlchemyError) else "the engine"
    body = undecided(f"{where} did not answer", request_id())
    response = Response(orjson.dumps(body), 503, mimetype=MEDIA_TYPE)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def undecided(why: str, own_id: str) -> dict[str, Any]:
    """The body of an answer that is no decision, to the request of *own_id*."""
    return {
        **_body(503, "No decision could be made", f"{why}; let nobody in and ask again"),
        "decision": "lock",
        "reason": "ENGINE_UNAVAILABLE",
        "retryable": True,
        "request_id": own_id,
    }


def _caller(error: CallerError) -> Response:
    title = "Who calls is not known" if error.status == 401 else "The caller may not do this"
    response = problem(error.status, title, str(error), **error.more)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _too_many(error: TooManyError) -> Response:
    """429: no decision was asked for; whoever waits is answered."""
    response = problem(429, "Too many calls", str(error), decision="lock", retryable=True)
    response.headers["Retry-After"] = str(error.seconds)
    response.headers["RateLimit-Policy"] = f'"calls";q={error.rate.calls};w={error.rate.seconds}'
    return response


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """A problem document."""
    body = {**_body(status, title, detail), **more, "request_id": request_id()}
    return Response(orjson.dumps(body), status, mimetype=MEDIA_TYPE)


def _body(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}
