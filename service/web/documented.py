"""What the OpenAPI document says of each call: its name, body, problems."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema

from service.web.idempotency import KEY, REPLAYED
from service.web.requests import ACTOR
from service.web.schemas import ProblemSchema
from service.web.shapes import PERSON_ID

#: Which call of api.csv it is, in the document.
CALL = "x-call"
_PROBLEM = {"application/problem+json": {"schema": ProblemSchema}}
_ASKED = {
    "400": "The body is not JSON",
    "413": "The body is too large",
    "415": "The body is not application/json",
    "422": "The question is badly asked; every field error at once",
}
_ANY = {
    "401": "The token is not known, was revoked or has expired",
    "403": "The client does not hold a scope that opens the call",
    "503": "No decision could be made: let nobody in and ask again",
}
_MISASKED = {
    "400": "The body is not application/json, or lacks something, or is of a wrong type",
    "401": _ANY["401"],
    "403": _ANY["403"],
    "413": _ASKED["413"],
}
_TOO_MANY = {
    "description": "Too many calls: let nobody in, wait and ask again",
    "headers": {
        "Retry-After": {
            "schema": {"type": "integer", "minimum": 1},
            "description": "Seconds until a call is let through",
        },
        "RateLimit-Policy": {
            "schema": {"type": "string"},
            "description": "The limit that was met: so many (q) in so many seconds (w)",
        },
    },
}
_NOT_THERE = "There is no such thing"
_KEY = {
    "in": "header",
    "name": KEY,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "Asked again with the same key, the same request gets the first answer, byte"
    " for byte, and nothing happens twice. A key belongs to a client; it lives 60 seconds at a"
    " login and 24 hours elsewhere. With another request it is a 422.",
}
_ACTOR = {
    "in": "header",
    "name": ACTOR,
    "required": True,
    "schema": {"type": "string", "pattern": PERSON_ID},
    "description": "The person who acts, known to the calling system by its own login.",
}
_FIRST_ANSWER = {
    REPLAYED: {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "Stands where the answer is the first one to this key, given again",
    }
}
_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def asks(blueprint: Blueprint, schema: type[Schema], call: str) -> _Decorator:
    """Document a POST with a JSON body of *schema* that is *call*; honours a key."""
    told = tells(blueprint, schema, call)
    keyed = _told(blueprint.doc(parameters=[_KEY]))
    return lambda view: keyed(told(view))


def manages(blueprint: Blueprint, schema: type[Schema]) -> _Decorator:
    """Document a POST with a JSON body of *schema* that a person makes in the subsystem."""
    told = tells(blueprint, schema, "subsystem")
    acted = _told(blueprint.doc(parameters=[_ACTOR, _KEY]))
    return lambda call: acted(told(call))


def views(blueprint: Blueprint, query: type[Schema] | None = None) -> _Decorator:
    """Document a call without a body that a person makes in the subsystem."""
    asked = _documented(blueprint, "subsystem", {**_ANY, "404": _NOT_THERE, "422": _ASKED["422"]})
    found = [] if query is None else [{"in": "query", "schema": query}]
    acted = _told(blueprint.doc(parameters=[_ACTOR, *found]))
    return lambda call: acted(asked(call))


def answers(blueprint: Blueprint, schema: type[Schema], meaning: str) -> _Decorator:
    """Document the 200 of a POST: an answer of *schema*, which may be an earlier one again."""
    return _told(blueprint.response(200, schema, description=meaning, headers=_FIRST_ANSWER))


def tells(blueprint: Blueprint, schema: type[Schema], call: str) -> _Decorator:
    """Document a PUT with a JSON body of *schema* that is *call*."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return _documented(blueprint, call, {**_ANY, **_ASKED}, requestBody=body)


def reads(blueprint: Blueprint, call: str) -> _Decorator:
    """Document what has no body and is *call*."""
    return _documented(blueprint, call, {**_ANY, "404": _NOT_THERE})


def lists(blueprint: Blueprint, query: type[Schema], call: str) -> _Decorator:
    """Document a list that is read a page at a time by *query* and is *call*."""
    read = _documented(blueprint, call, {**_ANY, "422": _ASKED["422"]})
    paged = _told(blueprint.doc(parameters=[{"in": "query", "schema": query}]))
    return lambda view: paged(read(view))


def steps(blueprint: Blueprint, schema: type[Schema], meaning: str) -> _Decorator:
    """Document the answer to a step: a 200, or a 409 of the same shape that says why not."""
    done = answers(blueprint, schema, meaning)
    why = "Refused, and why"
    refused = _told(blueprint.alt_response(409, schema=schema, description=why, success=True))
    return lambda call: refused(done(call))


def evaluates(blueprint: Blueprint, schema: type[Schema], call: str) -> _Decorator:
    """Document a POST of AuthZEN that is *call*: what is wrong is told in a sentence; honours a
    key."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    asked = _documented(
        blueprint,
        call,
        {"422": "The key came with another request", "503": _ANY["503"]},
        requestBody=body,
        parameters=[_KEY],
    )
    plain = _told(blueprint.doc(responses={s: _sentence(d) for s, d in _MISASKED.items()}))
    return lambda call: plain(asked(call))


def _sentence(meaning: str) -> dict[str, Any]:
    content = {"text/plain": {"schema": {"type": "string"}}}
    return {"description": f"{meaning}, in a sentence", "content": content}


def open_to_all(blueprint: Blueprint) -> _Decorator:
    """Document a call that anybody may make."""
    problem = {"503": {"description": "No answer could be had", "content": _PROBLEM}}
    return _told(blueprint.doc(security=[], responses=problem))


def _documented(
    blueprint: Blueprint, call: str, problems: dict[str, str], **more: Any
) -> _Decorator:
    responses: dict[str, dict[str, Any]] = {
        s: {"description": d, "content": _PROBLEM} for s, d in problems.items()
    }
    responses["429"] = {**_TOO_MANY, "content": _PROBLEM}
    told = blueprint.doc(
        security=[{"token": []}],
        responses=responses,
        **{CALL: call},
        **more,
    )
    return _told(told)


def _told(decorate: _Decorator) -> _Decorator:
    """What *decorate* documents of a call, and no more: nothing stands between caller and call."""

    def documented(call: Any) -> Any:
        told: Any = decorate(call)
        call._apidoc = told._apidoc
        return call

    return documented
