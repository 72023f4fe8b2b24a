"""People who change policies over HTTP: authors and approvers, each with a token of his own."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.clients import add_client
from service.policy.candidate import Candidate
from service.policy.folder import SHIPPED, read_texts
from service.policy.revisions import Hand, active_digest
from service.policy.steps import publish
from service.wiring import Wiring

LOGIN = "rules/login.csv"
NINETY, SIXTY, THIRTY = (f"r.user.days_idle > {days} " for days in (90, 60, 30))


def shipped() -> dict[str, str]:
    """The shipped policies, as they are published."""
    return {path: raw.decode() for path, raw in read_texts(SHIPPED).items()}


def edited(old: str, new: str, path: str = LOGIN) -> dict[str, str]:
    """The shipped policies with one edit."""
    texts = shipped()
    assert old in texts[path]
    return {**texts, path: texts[path].replace(old, new, 1)}


class Office:
    """Where policies are changed: everybody has the scopes he is given."""

    def __init__(self, http: FlaskClient, parts: Wiring) -> None:
        self._http, self._parts = http, parts
        self._headers: dict[str, dict[str, str]] = {}
        for name, scopes in {
            "Ann": ["author"],
            "Ben": ["author", "approver"],
            "Cleo": ["approver"],
            "Dora": ["auditor"],
        }.items():
            self.employs(name, scopes)

    def employs(self, name: str, scopes: list[str]) -> None:
        """Give somebody a token."""
        with self._parts.engine.begin() as connection:
            token = add_client(connection, name, scopes, self._parts.clock())
        self._headers[name] = {"Authorization": f"Bearer {token}"}

    def asks(self, name: str, verb: str, path: str, **more: Any) -> TestResponse:
        """Ask below /v1/policy; whatever comes back."""
        headers = {**self._headers[name], **more.pop("headers", {})}
        return self._http.open(f"/v1/policy{path}", method=verb, headers=headers, **more)

    def publishes(self, name: str, texts: Mapping[str, str], note: str = "") -> TestResponse:
        """Publish *texts*."""
        return self.asks(name, "POST", "/revisions", json={"texts": texts, "note": note})

    def wishes(self, name: str, texts: Mapping[str, str], note: str = "") -> str:
        """Publish *texts* as one that may change decisions, unchecked; the digest."""
        parts = self._parts
        hand = Hand(by=name, as_of=parts.clock(), note=note)
        raw = {path: text.encode() for path, text in texts.items()}
        with parts.engine.begin() as connection:
            wish = Candidate(
                texts=raw, replaces=active_digest(connection), changes=True, report={}
            )
            return publish(connection, wish, hand).digest

    def approves(self, name: str, digest: str, **body: str) -> TestResponse:
        """Approve a revision."""
        return self.asks(name, "POST", f"/revisions/{digest}/approval", json=body)

    def activates(self, name: str, digest: str, **body: str) -> TestResponse:
        """Activate a revision."""
        return self.asks(name, "POST", f"/revisions/{digest}/activation", json=body)

    def rolls_back(self, name: str) -> TestResponse:
        """Go back."""
        return self.asks(name, "POST", "/rollback", json={})

    def brings(self, texts: Mapping[str, str]) -> str:
        """Ann publishes *texts*, Cleo approves them, Ann activates them; their digest."""
        digest = self.wishes("Ann", texts)
        assert self.approves("Cleo", digest).status_code == 200
        assert self.activates("Ann", digest).status_code == 200
        return digest

    @property
    def active(self) -> str:
        """The digest of what counts."""
        return str(self.asks("Dora", "GET", "").json["digest"])
