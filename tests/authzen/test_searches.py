"""A search finds exactly what would be allowed if asked about alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.core.actions import MANAGEMENT
from tests.authzen.asking import Gate, question, to_an_application
from tests.conftest import Callers
from tests.database.wass import ELMS, OAKS, PINES, Wass
from tests.web.asking import Subsystem
from tests.web.doors import ID, LOCKED, OTHER, open_doors

#: Everybody of the world of open_doors; of them, those whom searches are about.
PEOPLE = sorted(
    [
        *(f"M1000{n}" for n in (1, 2, 3, 4, 8, 9)),
        *(f"M9000{n}" for n in range(1, 8)),
        *("H10009", "H90002", "H90003"),
    ]
)
ABOUT = (ID, OTHER, LOCKED, "M90001", "M90002", "M10009", "H90002")
ENTRIES = ("EIV", "FASSUB", "TRACS1", "WASS", "imax", "imax_admin", "imax_ws", "rob", "tracs_menu")
RESOURCES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "entry": (ENTRIES, ("login", "accept_rob")),
    "property": (tuple(f"{each}" for each in (OAKS, ELMS, PINES)), ("open_property",)),
    "user": (tuple(PEOPLE), tuple(MANAGEMENT)),
}
_Asked = tuple[str, str, str, str]


@pytest.fixture
def asked(http: FlaskClient, callers: Callers) -> Gate:
    """The gate, asked by AuthZEN."""
    send = to_an_application(http.application)
    return Gate(send, callers.tokens["gate"], callers.tokens["auditor"])


def _every_question() -> Iterator[_Asked]:
    for kind, (ids, actions) in RESOURCES.items():
        for resource in ids:
            for action in actions:
                for subject in PEOPLE:
                    yield subject, action, kind, resource


def _allowed(gate: Gate) -> set[_Asked]:
    """Everything that is allowed, asked about one by one."""
    asked = list(_every_question())
    found: set[_Asked] = set()
    for at in range(0, len(asked), 1000):
        some = asked[at : at + 1000]
        decided = gate.decides_all({"evaluations": [question(*each) for each in some]})
        found |= {each for each, decision in zip(some, decided, strict=True) if decision}
    return found


def _ids(found: list[Any]) -> list[str]:
    return [each.get("id") or each["name"] for each in found]


def test_every_search_finds_what_is_allowed_and_nothing_else(
    asked: Gate, wass: Wass, http: FlaskClient, callers: Callers
) -> None:
    open_doors(wass, Subsystem(http, callers["subsystem"]))
    allowed = _allowed(asked)
    assert 100 < len(allowed) < len(list(_every_question()))

    for kind, (ids, actions) in RESOURCES.items():
        for resource in (each for each in ids if kind != "user" or each in ABOUT):
            for action in actions:
                body = {**question("", action, kind, resource), "subject": {"type": "user"}}
                found = _ids(asked.finds("subject", {**body, "page": {"limit": 7}}))
                assert found == [p for p in PEOPLE if (p, action, kind, resource) in allowed]
        for subject in ABOUT:
            for action in actions:
                body = {**question(subject, action, kind, ""), "resource": {"type": kind}}
                found = _ids(asked.finds("resource", {**body, "page": {"limit": 3}}))
                assert found == [i for i in ids if (subject, action, kind, i) in allowed], body
            for resource in ids[:4]:
                body = question(subject, "", kind, resource)
                found = _ids(asked.finds("action", body))
                assert found == sorted(
                    a for a in actions if (subject, a, kind, resource) in allowed
                )
