"""Who may call: a client known by its token, for as long as the token is good."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select, update
from werkzeug.test import TestResponse

from models.engine import reading
from models.gate import Client
from models.token_key import TokenKey, keyed
from service.app import create_app
from service.clients import add_client, list_clients, renew_client, revoke_client
from service.ledger.receipts import Signer
from service.policy.active import Courts
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.wass import TODAY, Wass
from tests.tokens import TOKEN_KEY
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


def test_what_is_revoked_at_one_host_is_refused_at_another_with_its_next_call(
    gate: Gate, callers: Callers, parts: Wiring, signer: Signer
) -> None:
    other = create_app(replace(parts, courts=Courts()), signer).test_client()
    asked = Gate(other, callers["gate"])
    assert (gate.asks(**LOGIN).status_code, asked.asks(**LOGIN).status_code) == (200, 200)

    with parts.engine.begin() as connection:
        revoke_client(connection, "test gate", parts.clock())

    refused = asked.asks(**LOGIN)
    assert (gate.asks(**LOGIN).status_code, refused.status_code) == (401, 401)
    assert refused.json["reason"] == "TOKEN_REVOKED"


@pytest.mark.parametrize("path", ["/v1/logins", "/v1/rob-acceptances"])
def test_a_token_is_good_until_the_end_of_its_last_day_in_washington(
    parts: Wiring, http: FlaskClient, clock: Clock, path: str
) -> None:
    with parts.engine.begin() as connection:
        token = add_client(connection, "TRACS", ["gate"], clock(), _after(TODAY, 1))
    headers = {"Authorization": f"Bearer {token}"}
    ask = LOGIN if path == "/v1/logins" else {"user_id": "M10001"}

    def asked(days: int, at: time) -> TestResponse:
        clock.at = datetime.combine(date.fromisoformat(_after(TODAY, days)), at, clock.at.tzinfo)
        return http.post(path, json=ask, headers=headers)

    answers = [asked(1, time.max), asked(2, time.min)]

    assert [each.status_code for each in answers] == [200, 401]
    problem = answers[-1].json
    assert problem["reason"] == "TOKEN_EXPIRED"
    assert _after(TODAY, 1) in problem["detail"]
    assert "gatehouse client renew" in problem["detail"]


def test_of_a_renewed_client_both_tokens_are_good_until_the_end_of_the_next_day(
    parts: Wiring, http: FlaskClient, clock: Clock, callers: Callers
) -> None:
    old = callers.tokens["gate"]
    with parts.engine.begin() as connection:
        new = renew_client(
            connection, "test gate", clock(), expires_on="", old_until=_after(TODAY, 1)
        )

    found = {}
    for days in (0, 1, 2):
        clock.put(_after(TODAY, days))
        found[days] = [_asked(http, token).status_code for token in (old, new)]

    assert found == {0: [200, 200], 1: [200, 200], 2: [401, 200]}


def test_a_token_somebody_has_seen_is_ended_at_once_by_renewing(
    parts: Wiring, http: FlaskClient, clock: Clock, callers: Callers
) -> None:
    old = callers.tokens["gate"]
    with parts.engine.begin() as connection:
        new = renew_client(connection, "test gate", clock(), expires_on="", old_until="")

    answers = [_asked(http, token) for token in (old, new)]

    assert [each.status_code for each in answers] == [401, 200]


def test_renewing_makes_no_token_good_for_longer(parts: Wiring, clock: Clock) -> None:
    with parts.engine.begin() as connection:
        add_client(connection, "TRACS", ["gate"], clock(), TODAY)
        renew_client(connection, "TRACS", clock(), expires_on="", old_until=_after(TODAY, 1))

        days = [each.expires_on for each in list_clients(connection) if each.name == "TRACS"]

    assert sorted(days) == ["", TODAY]


@pytest.mark.parametrize("known_by", ["a plain SHA-256", "another key"])
def test_a_row_that_is_written_without_the_key_lets_nobody_in(
    parts: Wiring, http: FlaskClient, known_by: str
) -> None:
    token = "gh_forged"
    digest = hashlib.sha256(token.encode())
    forged = TokenKey(b"a guess").mac(token) if "key" in known_by else digest.hexdigest()
    row = {"token_id": forged[:32], "token_digest": forged, "token_key_id": TOKEN_KEY.key_id}
    with parts.engine.begin() as connection:
        more = {"name": "forged", "scopes": "gate", "created_at": parts.clock()}
        connection.execute(insert(Client).values(**row, **more))

    assert _asked(http, token).status_code == 401


def test_a_row_that_only_begins_like_the_token_lets_nobody_in(
    parts: Wiring, http: FlaskClient, callers: Callers
) -> None:
    """Whoever could find the half by which rows are found would have to find the other too."""
    assert _asked(http, callers.tokens["gate"]).status_code == 200

    with parts.engine.begin() as connection:
        half = TOKEN_KEY.mac(callers.tokens["gate"])[:32]
        forged = update(Client).where(Client.token_id == half)
        connection.execute(forged.values(token_digest=half + "0" * 32))

    assert _asked(http, callers.tokens["gate"]).status_code == 401


def test_without_the_key_of_the_tokens_nobody_comes_in(
    parts: Wiring, signer: Signer, callers: Callers
) -> None:
    other = keyed(parts.engine, lambda: TokenKey(b"that of another house"))
    http = create_app(replace(parts, engine=other), signer).test_client()

    assert {_asked(http, token).status_code for token in callers.tokens.values()} == {401}


def test_when_a_token_was_used_last_is_written_now_and_then_and_never_moved_back(
    gate: Gate, parts: Wiring, clock: Clock
) -> None:
    first = clock()
    gate.asks(**LOGIN)
    assert _last_used(parts, "test gate") is None

    parts.uses.write(parts.engine)
    assert _last_used(parts, "test gate") == first

    clock.put(_after(TODAY, -1))
    gate.asks(**LOGIN)
    parts.uses.write(parts.engine)
    assert _last_used(parts, "test gate") == first


def test_a_refused_token_was_not_used(http: FlaskClient, parts: Wiring, callers: Callers) -> None:
    http.post("/v1/logins", json=LOGIN, headers=callers["auditor"])
    parts.uses.write(parts.engine)

    assert _last_used(parts, "test auditor") is None


def _asked(http: FlaskClient, token: str) -> TestResponse:
    return http.post("/v1/logins", json=LOGIN, headers={"Authorization": f"Bearer {token}"})


def _after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _last_used(parts: Wiring, name: str) -> datetime | None:
    with parts.reader.begin() as connection:
        (known,) = (each for each in list_clients(connection) if each.name == name)
    return known.last_used_at


def test_no_token_is_ever_kept(
    gate: Gate, callers: Callers, engine: Engine, wass: Wass, parts: Wiring
) -> None:
    wass.knows_a_user()
    gate.asks(**LOGIN)
    tokens = callers.tokens

    with reading(engine).begin() as connection:
        clients = str(connection.execute(select(Client.__table__)).all())
        known = str(list_clients(connection))
    kept = clients + known + str(entries(engine))

    assert len(entries(engine, "client_added")) == len(tokens)
    assert not [token for token in tokens.values() if token in kept or token[3:] in kept]


def test_adding_and_revoking_are_entries_of_the_ledger(parts: Wiring, engine: Engine) -> None:
    with engine.begin() as connection:
        add_client(connection, "iMAX", ["gate"], parts.clock())
        revoke_client(connection, "iMAX", parts.clock())

    kinds = {each["kind"]: each["client"] for each in entries(engine) if "client" in each}
    assert kinds == {"client_added": "iMAX", "client_revoked": "iMAX"}
