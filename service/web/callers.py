"""Who calls: a client known by its bearer token, and whether it may make this call."""

from datetime import datetime

from flask import request

from service.clients import Client
from service.core.decision import Decision
from service.login.calling import judge_again, why_not
from service.login.gather import gather_caller
from service.people.caller import Caller
from service.policy.active import Court
from service.web.noted import noted
from service.web.problems import CallerError
from service.web.requests import request_id
from service.web.wired import instant, limits, wiring


def caller(call: str) -> Caller:
    """The client that makes *call*; raises CallerError unless it may, TooManyError."""
    return known_by(bearer(), call)


def bearer() -> str:
    """The token of the request, which counts as a call; raises CallerError when there is none,
    TooManyError."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise CallerError(401, "expected the header `Authorization: Bearer TOKEN`")
    token = token.strip()
    limits().admit(token, _address())
    return token


def known_by(token: str, call: str) -> Caller:
    """The client whose *token* it is; raises CallerError unless it may make *call*."""
    parts = wiring()
    with parts.asker.connect() as connection:
        digest, client = gather_caller(connection, token)
        court = parts.courts.of(digest, connection)
    return entitled(token, client, court, call, instant())


def entitled(
    token: str, client: Client | None, court: Court, call: str, as_of: datetime
) -> Caller:
    """The caller that *client* is, whose *token* it is; raises CallerError unless the rules of
    *court* let it make *call*."""
    if client is not None:
        noted().client = client.name
    today = court.book.calendar.day_of(as_of)
    decision = judge_again(court, client, call, today)
    if client is None or not decision.allowed:
        raise _refused(decision, client, court, call, today)
    limits().met(token, client.name)
    wiring().uses.note(client.token_id, as_of)
    return Caller(client.name, frozenset(client.scopes), request_id())


def _refused(
    decision: Decision, client: Client | None, court: Court, call: str, today: str
) -> CallerError:
    """Why not, by the first reason: 401 where another token might do, else 403."""
    reasons = court.book.reasons
    first = reasons.by_code[decision.reason]
    if first.another_token:
        limits().unknown(_address())
    detail = why_not(decision, client, court, call, today)
    contact = reasons.cure(first.code, reasons.audience_of(None)).contact
    status = 401 if first.another_token else 403
    return CallerError(status, detail, reason=first.code, contact=contact)


def _address() -> str:
    return request.remote_addr or ""
