"""Who calls: a client known by its bearer token, and whether it may make this call."""

from datetime import datetime

from flask import request

from service.clients import Client
from service.core.decision import Decision
from service.login.calling import judge_again, scopes_that_open
from service.login.gather import gather_caller
from service.people.caller import Caller
from service.policy.active import Court
from service.web.noted import noted
from service.web.problems import CallerError
from service.web.requests import request_id
from service.web.wired import limits, wiring


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
    return entitled(token, client, court, call, parts.clock())


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
    """Why not, and what to do, in the words of the first reason."""
    reasons = court.book.reasons
    first = reasons.by_code[decision.reason]
    cure = reasons.cure(decision.reason, reasons.audience_of(None))
    detail = f"{first.meaning} {cure.remedy}"
    if first.another_token:
        limits().unknown(_address())
    if client is not None and first.another_token:
        until = f" The last day of the token of {client.name} was {client.expires_on}."
        detail += until if client.expires_on else ""
    if client is not None and not first.another_token:
        opened = " or ".join(scopes_that_open(court, call, today)) or "no scope"
        detail += f" `{call}` is opened by {opened}; {client.name} holds {_held(client)}."
    status = 401 if first.another_token else 403
    return CallerError(status, detail, reason=first.code, contact=cure.contact)


def _held(client: Client) -> str:
    return " ".join(client.scopes) or "none"


def _address() -> str:
    return request.remote_addr or ""
