"""Every door, called as its document says and otherwise: no call breaks it or surprises."""

import os
import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from models.engine import open_engine
from service.app import create_app
from service.clients import SCOPES, add_client
from service.clock import system_clock
from service.ledger.receipts import Signer
from service.web.idempotency import KEY
from service.web.requests import ACTOR
from service.web.shapes import PERSON_ID
from service.wiring import Wiring
from tests.database.wass import Wass
from tests.web.asking import Subsystem
from tests.web.doors import open_doors

#: Of each door on each database; the boundaries that a document names come on top of them.
CASES = int(os.environ.get("GATEHOUSE_CASES", "34"))
#: The same cases every time, unless somebody asks for more of them.
SAME = "GATEHOUSE_CASES" not in os.environ
#: Where the calls come from: not from the host itself, which may see more than others.
AFAR = "203.0.113.7"
#: Fields whose value may be well formed and yet make no sense, by door: what is there, what the
#: rulebook knows, and what goes together is more than a document can say.
SENSE = {
    "/v1/logins": "entry|system|property_id|contract_number",
    "/v1/people/{user_id}": r"id|population|.*_on|(roles|properties|contracts|bpr).*",
    "/v1/users/{user_id}/outlook": "until",
    "/v1/policy/revisions": r".*:\d+",
    "/v1/policy/who-can": "user_id|property_id|entry",
    "/v1/decisions": "from|to",
    "/v1/ledger/consistency": "from|to",
}
#: What stands in SENSE is not accepted; what else is not is found below.
_ALWAYS = [positive_data_acceptance]
#: AuthZEN wants ignored what it does not know, and a wrong item answered by a deny.
AUTHZEN, _FORGIVING = "/access/v1/", [*_ALWAYS, negative_data_rejection]


class Front:
    """A WSGI application in front of another one, which may change."""

    def __init__(self) -> None:
        signer = Signer(Ed25519PrivateKey.generate())
        self.app = create_app(Wiring(open_engine("sqlite://"), system_clock), signer)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand the call on, as one from afar."""
        return self.app({**environ, "REMOTE_ADDR": AFAR}, start_response)


front = Front()
doors = schemathesis.openapi.from_wsgi("/openapi.json", front)


@doors.hook
def filter_query(_: Any, query: Any) -> bool:
    """No text that looks like a number or a truth: sent, nobody can tell it from one.

    Nor an empty list, which nobody could see.
    """
    values = (query or {}).values()
    texts = [each for each in values if isinstance(each, str)]
    alike = any(re.fullmatch(r"\d+|true|false", each) for each in texts)
    return not alike and all(map(_is_seen, values))


def _is_seen(value: Any) -> bool:
    """Whether anything of *value* stands behind `?`."""
    return any(each is not None for each in (value if isinstance(value, list) else [value]))


@pytest.fixture
def token(http: FlaskClient, parts: Wiring, wass: Wass, subsystem: Subsystem) -> str:
    """The token of a caller who may do everything, in a world in which somebody may do much."""
    open_doors(wass, subsystem)
    front.app = http.application
    with parts.engine.begin() as connection:
        return add_client(connection, "everything", list(SCOPES), parts.clock())


@doors.parametrize()
@settings(
    max_examples=CASES,
    derandomize=SAME,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_call_breaks_a_door(case: Any, token: str, subsystem: Subsystem) -> None:
    _make_sense_of_headers(case, subsystem.actor)

    response = case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"},
        excluded_checks=_FORGIVING if case.operation.path.startswith(AUTHZEN) else _ALWAYS,
    )

    if case.meta.generation.mode.is_positive and response.status_code == 422:
        makes_none = re.compile(SENSE.get(case.operation.path, ""), re.DOTALL).fullmatch
        errors = response.json()["errors"]
        assert not [each for each in errors if not makes_none(each["field"])]


def _make_sense_of_headers(case: Any, actor: str) -> None:
    """Where the header of *case* is well formed: who acts is known, and a key is a new one."""
    given = case.headers or {}
    if re.fullmatch(PERSON_ID, given.get(ACTOR, "")):
        case.headers[ACTOR] = actor
    if KEY in given and case.meta.generation.mode.is_positive:
        case.headers[KEY] = str(uuid4())
