"""Asking over HTTP, at the gate and in the subsystem, and looking at what that left behind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from models.engine import reading
from models.gate import Activity
from models.ledger import Entry

#: What every answer to a management call says.
MANAGED = {
    *("decision_id", "outcome", "reason", "reasons"),
    *("policy_digest", "as_of", "receipt"),
}
#: For a test to which it is all one where things are kept.
ANY_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
        return _answered(self.asks(user_id=user_id, entry=entry, **more))

    def accepts(self, user_id: str) -> TestResponse:
        """Accept the Rules of Behavior for somebody; whatever comes back."""
        body = {"user_id": user_id}
        return self.http.post("/v1/rob-acceptances", json=body, headers=self.headers)


@dataclass(frozen=True, slots=True)
class Subsystem:
    """The caller that lets somebody act in the Recertification subsystem."""

    http: FlaskClient
    headers: Mapping[str, str]
    actor: str = "M90001"

    def by(self, actor: str) -> "Subsystem":
        """The same caller, for another person who acts."""
        return replace(self, actor=actor)

    def asks(self, verb: str, path: str, **more: Any) -> TestResponse:
        """Ask; whatever comes back."""
        headers = {**self.headers, "Gatehouse-Actor": self.actor, **more.pop("headers", {})}
        return self.http.open(path, method=verb, headers=headers, **more)

    def gets(self, path: str, **query: Any) -> dict[str, Any]:
        """What is shown."""
        return _answered(self.asks("GET", path, query_string=query))

    def posts(self, path: str, **body: Any) -> dict[str, Any]:
        """What was done."""
        return _answered(self.asks("POST", path, json=body))

    def deletes(self, path: str) -> dict[str, Any]:
        """What was ended."""
        return _answered(self.asks("DELETE", path))

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every page of a list, each asked for when the one before has been looked at."""
        page = self.gets(path, **query)
        yield page
        while page["next_cursor"] is not None:
            page = self.gets(path, **query, cursor=page["next_cursor"])
            yield page


def _answered(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return dict(response.json)


def listed(pages: Iterable[Mapping[str, Any]]) -> list[str]:
    """The people of all pages, in order."""
    return [each for page in pages for each in page["people"]]


def codes(answer: Mapping[str, Any]) -> list[str]:
    """The reason codes of an answer, in order."""
    return [each["code"] for each in answer["reasons"]]


def field_errors(response: TestResponse) -> set[str]:
    """The fields a 422 complains about."""
    assert response.status_code == 422, response.text
    return {each["field"] for each in response.json["errors"]}


def wrong(subsystem: Subsystem, verb: str, path: str, **more: Any) -> set[str] | int:
    """The fields a 422 complains about; the status of anything else."""
    response = subsystem.asks(verb, path, **more)
    return field_errors(response) if response.status_code == 422 else response.status_code


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
