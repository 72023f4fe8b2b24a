"""Who calls: a client known by its bearer token, and whether it may do this."""

from flask import request

from service.clients import Client, find_client
from service.people.caller import Caller
from service.web.noted import noted
from service.web.problems import CallerError
from service.web.requests import request_id
from service.web.wired import wiring


def caller(*scopes: str) -> Caller:
    """The client that calls; raises CallerError unless it is known and holds one of *scopes*."""
    token = bearer()
    with wiring().asker.connect() as connection:
        return entitled(find_client(connection, token), *scopes)


def bearer() -> str:
    """The token of the request; raises CallerError when there is none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise CallerError(401, "expected the header `Authorization: Bearer TOKEN`")
    return token.strip()


def entitled(client: Client | None, *scopes: str) -> Caller:
    """The caller that *client* is; raises CallerError unless there is one that holds one of
    *scopes*."""
    if client is None:
        raise CallerError(401, "the token is not known, or was revoked")
    noted().client = client.name
    if not set(scopes) & set(client.scopes):
        wanted = " or ".join(scopes)
        raise CallerError(403, f"the client {client.name} does not hold the scope {wanted}")
    return Caller(client.name, frozenset(client.scopes), request_id())
