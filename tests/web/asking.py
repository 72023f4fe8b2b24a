"""Asking over HTTP as the gatekeeping call does, and looking at what that left behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from models.engine import reading
from models.gate import Activity
from models.ledger import Entry


@dataclass(frozen=True, slots=True)
class Gate:
    """The caller that asks at logins."""

    http: FlaskClient
    headers: Mapping[str, str]

    def asks(self, **body: Any) -> TestResponse:
        """Ask at the door; whatever comes back."""
        return self.http.post("/v1/logins", json=body, headers=self.headers)

    def login(self, user_id: str, entry: str = "tracs_menu", **more: Any) -> dict[str, Any]:
        """The decision about one login."""
        response = self.asks(user_id=user_id, entry=entry, **more)
        assert response.status_code == 200, response.text
        return dict(response.json)

    def accepts(self, user_id: str) -> TestResponse:
        """Accept the Rules of Behavior for somebody; whatever comes back."""
        body = {"user_id": user_id}
        return self.http.post("/v1/rob-acceptances", json=body, headers=self.headers)


def codes(answer: Mapping[str, Any]) -> list[str]:
    """The reason codes of an answer, in order."""
    return [each["code"] for each in answer["reasons"]]


def field_errors(response: TestResponse) -> set[str]:
    """The fields a 422 complains about."""
    assert response.status_code == 422, response.text
    return {each["field"] for each in response.json["errors"]}


def activity_of(engine: Engine, user_id: str) -> str:
    """The day of the last activity; '' when there is none."""
    query = select(Activity.last_on).where(Activity.person_id == user_id)
    with reading(engine).begin() as connection:
        return connection.scalar(query) or ""


def entries(engine: Engine, *kinds: str) -> list[dict[str, Any]]:
    """The ledger's entries of these *kinds* (default: all), as they were written; in no order."""
    query = select(Entry.kind, Entry.body)
    with reading(engine).begin() as connection:
        return [orjson.loads(b) for k, b in connection.execute(query) if not kinds or k in kinds]
