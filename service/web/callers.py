"""Who calls: a client known by its bearer token, and whether it may do this."""

from flask import request

from service.clients import find_client
from service.people.caller import Caller
from service.web.problems import CallerError
from service.web.requests import request_id
from service.web.wired import wiring


def caller(*scopes: str) -> Caller:
    """The client that calls; raises CallerError unless it is known and holds one of *scopes*."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise CallerError(401, "expected the header `Authorization: Bearer TOKEN`")
    with wiring().asker.connect() as connection:
        client = find_client(connection, token.strip())
    if client is None:
        raise CallerError(401, "the token is not known, or was revoked")
    if not set(scopes) & set(client.scopes):
        wanted = " or ".join(scopes)
        raise CallerError(403, f"the client {client.name} does not hold the scope {wanted}")
    return Caller(client.name, frozenset(client.scopes), request_id())
