"""Who may call: a client known by its token, for as long as it is not revoked."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.engine import reading
from models.gate import Client
from service.clients import add_client, list_clients, revoke_client
from service.wiring import Wiring
from tests.conftest import Callers
from tests.database.wass import Wass
from tests.web.asking import Gate, entries

LOGIN = {"user_id": "M10001", "entry": "tracs_menu"}


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer gh_\u00e9\u00ff",
        "Basic dXNlcjpwYXNz",
        "TOKEN",
        "Token TOKEN",
        "BearerTOKEN",
        "Bearer TOKENx",
        "Bearer x TOKEN",
    ],
)
def test_who_is_not_known_is_asked_for_a_token(
    http: FlaskClient, callers: Callers, engine: Engine, authorization: str | None
) -> None:
    headers = {}
    if authorization is not None:
        headers["Authorization"] = authorization.replace("TOKEN", callers.tokens["gate"])

    response = http.post("/v1/logins", json=LOGIN, headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.mimetype == "application/problem+json"
    assert entries(engine, "login") == []


def test_the_word_bearer_may_be_written_in_any_case(http: FlaskClient, callers: Callers) -> None:
    headers = {"Authorization": f"bearer {callers.tokens['gate']}"}

    assert http.post("/v1/logins", json=LOGIN, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/v1/logins", "/v1/rob-acceptances"])
def test_only_the_gate_asks_at_the_door(
    http: FlaskClient, callers: Callers, engine: Engine, path: str
) -> None:
    others = [scope for scope in callers.tokens if scope != "gate"]

    answers = [http.post(path, json=LOGIN, headers=callers[scope]) for scope in others]

    assert {each.status_code for each in answers} == {403}
    assert all("gate" in each.json["detail"] for each in answers)
    assert entries(engine, "login", "rob_acceptance") == []


def test_who_may_not_ask_is_told_so_before_the_question_is_read(
    http: FlaskClient, callers: Callers
) -> None:
    nobody = http.post("/v1/logins", data=b"{", content_type="text/plain")
    auditor = http.post("/v1/logins", data=b"{", headers=callers["auditor"])

    assert (nobody.status_code, auditor.status_code) == (401, 403)


def test_a_revoked_client_is_refused_with_its_next_call(gate: Gate, parts: Wiring) -> None:
    assert gate.asks(**LOGIN).status_code == 200

    with parts.engine.begin() as connection:
        revoke_client(connection, "test gate", parts.clock())

    assert gate.asks(**LOGIN).status_code == 401


def test_a_client_may_hold_several_scopes(parts: Wiring, http: FlaskClient) -> None:
    with parts.engine.begin() as connection:
        token = add_client(connection, "both", ["gate", "auditor"], parts.clock())
    headers = {"Authorization": f"Bearer {token}"}

    made = http.post("/v1/logins", json=LOGIN, headers=headers).json["decision_id"]

    assert http.get(f"/v1/decisions/{made}", headers=headers).status_code == 200


def test_no_token_is_ever_kept(
    gate: Gate, callers: Callers, engine: Engine, wass: Wass, parts: Wiring
) -> None:
    wass.knows_a_user()
    gate.asks(**LOGIN)

    with reading(engine).begin() as connection:
        clients = str(connection.execute(select(Client.__table__)).all())
        known = str(list_clients(connection))
    kept = clients + known + str(entries(engine))

    assert len(entries(engine, "client_added")) == len(callers.tokens)
    assert not [token for token in callers.tokens.values() if token in kept or token[3:] in kept]


def test_adding_and_revoking_are_entries_of_the_ledger(parts: Wiring, engine: Engine) -> None:
    with engine.begin() as connection:
        add_client(connection, "iMAX", ["gate"], parts.clock())
        revoke_client(connection, "iMAX", parts.clock())

    kinds = {each["kind"]: each["client"] for each in entries(engine) if "client" in each}
    assert kinds == {"client_added": "iMAX", "client_revoked": "iMAX"}
