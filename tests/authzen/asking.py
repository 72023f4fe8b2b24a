"""Asking a gate what AuthZEN asks, wherever it is: over a socket, or as a WSGI application."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from werkzeug.test import Client

PATIENCE = 60.0  # seconds until a wait is given up as failed; nothing is measured by it
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; headers by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The answer to a question that was well asked."""
        assert self.status == 200, (self.status, self.body)
        assert self.headers["content-type"] == JSON, self.headers
        return json.loads(self.body)


Send = Callable[[Request], Answer]


def over_a_socket(port: int) -> Send:
    """Send to a port of this machine."""

    def send(request: Request) -> Answer:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request(
                request.method, request.path, request.body or None, dict(request.headers)
            )
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    return send


def to_an_application(application: Any) -> Send:
    """Send to a WSGI application of this process."""
    client = Client(application)

    def send(request: Request) -> Answer:
        response = client.open(
            request.path,
            method=request.method,
            headers=list(request.headers.items()),
            data=request.body,
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, response.data)

    return send


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate, and the token by which it is asked."""

    send: Send
    token: str
    auditor: str
    base: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def asks(self, path: str, body: Any, **headers: str | None) -> Answer:
        """Ask; *body* is sent as JSON, bytes as they are. A header of None is left out."""
        told: dict[str, str | None] = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": JSON,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name: value for name, value in told.items() if value is not None}
        return self.send(Request("POST", f"/access/v1/{path}", sent, raw))

    def gets(self, path: str, **headers: str) -> Answer:
        """Look at what is open to all."""
        return self.send(Request("GET", path, headers, b""))

    def decides(self, body: Any) -> bool:
        """The decision about one question."""
        decision = self.asks("evaluation", body).json["decision"]
        assert type(decision) is bool, decision
        return decision

    def decides_all(self, body: Any) -> list[bool]:
        """The decisions of a batch."""
        answer = self.asks("evaluations", body).json
        assert "decision" not in answer, answer
        found = [each["decision"] for each in answer["evaluations"]]
        assert all(type(each) is bool for each in found), found
        return found

    def finds(self, what: str, body: Any) -> list[Any]:
        """What a search finds, of every page of it."""
        found, token = [], ""
        while True:
            page = body.get("page", {})
            following = {**body, "page": {**page, "token": token}} if token else body
            answer = self.asks(f"search/{what}", following).json
            found += answer["results"]
            token = answer["page"]["next_token"]
            if not token:
                return found


def question(
    subject: str,
    action: str,
    kind: str,
    resource: str,
    *,
    doing: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """May the user do that? *doing* and *about*: properties of the action and the resource."""
    return {
        "subject": {"type": "user", "id": subject},
        "action": {"name": action, **({"properties": doing} if doing else {})},
        "resource": {"type": kind, "id": resource, **({"properties": about} if about else {})},
    }
