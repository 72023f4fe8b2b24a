"""A management call over HTTP: who calls, who acts, what is asked; done and answered at once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Response, request
from marshmallow import Schema
from sqlalchemy import Connection

from service.core.call import Call
from service.login.asked import BadlyAskedError, Errors
from service.people.caller import Caller
from service.recertification.answer import management_answer
from service.recertification.manage import manage
from service.recertification.result import FIRST_PAGE, Page
from service.web.answers import answered, receipted
from service.web.callers import caller
from service.web.idempotency import OF_MANAGEMENT, answer_once
from service.web.loading import load, load_query, read_people
from service.web.promptly import promptly
from service.web.requests import ACTOR, read_object
from service.web.wired import instant, limits, wiring

_NONE = Schema()
#: What is asked, from who acts and the fields; asked for inside the transaction.
CallOf = Callable[[Connection, str, Mapping[str, Any]], Call]


def called(action: str) -> CallOf:
    """A call of *action* that names what its fields say; whoever stands in a list twice, once."""

    def call(_: Connection, actor: str, fields: Mapping[str, Any]) -> Call:
        named: dict[str, Any] = {name: _once(value) for name, value in fields.items()}
        if "user_id" in named:
            named["user_ids"] = (named.pop("user_id"),)
        return Call(action=action, actor_id=actor, **named)

    return call


def _once(value: object) -> object:
    """A list without its repetitions, in its order; anything else as it is."""
    return tuple(dict.fromkeys(value)) if isinstance(value, list) else value


def posted(schema: Schema, call_of: CallOf) -> Response:
    """Make the call of a POST whose body is of *schema*; with a key, once."""
    by, as_of = caller("subsystem"), instant()
    fields, wrong = load(schema, read_object())
    _, unasked = load_query(_NONE)
    actor, fields = _checked(fields, {**wrong, **unasked})
    work = _work(lambda c: call_of(c, actor, fields), FIRST_PAGE, by, as_of)
    return answer_once(work, by=lambda: by, as_of=as_of, lives=OF_MANAGEMENT)


def asked(
    call_of: CallOf, *, path: Mapping[str, str] | None = None, query: Schema = _NONE
) -> Response:
    """Make the call of a GET or DELETE that names people in its *path* and pages by *query*."""
    by, as_of = caller("subsystem"), instant()
    given, wrong = load_query(query)
    people, unreadable = read_people(path or {})
    actor, fields = _checked({**given, **people}, {**wrong, **unreadable})
    page = Page(**{name: fields.pop(name) for name in Page.__slots__ if name in fields})
    work = _work(lambda c: call_of(c, actor, fields), page, by, as_of)
    return answered(promptly(work))


def _work(
    call: Callable[[Connection], Call], page: Page, by: Caller, as_of: datetime
) -> Callable[[Connection], bytes]:
    courts = wiring().courts

    def done(connection: Connection) -> bytes:
        managed = manage(connection, call(connection), page, courts=courts, as_of=as_of, caller=by)
        return receipted(managed.written, management_answer(connection, managed, as_of))

    return done


def _checked(fields: dict[str, Any], errors: Errors) -> tuple[str, dict[str, Any]]:
    """Who acts, and the fields; raises BadlyAskedError with all that is wrong, or
    TooManyError."""
    people, wrong = read_people({ACTOR: request.headers.get(ACTOR, "")})
    if wrong or errors:
        raise BadlyAskedError({**wrong, **errors})
    limits().acts(people[ACTOR])
    return people[ACTOR], fields
