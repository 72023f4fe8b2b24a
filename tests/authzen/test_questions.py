"""What is asked by AuthZEN is what the doors would decide; it is kept, and nothing comes of it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, text

from models.base import Base
from models.engine import reading
from service.app import create_app
from service.ledger.receipts import Signer
from service.web.authzen_reading import MisaskedError, read_item
from service.web.authzen_schemas import EvaluationSchema
from service.wiring import Wiring
from tests.authzen.asking import Gate, question, to_an_application
from tests.conftest import Callers
from tests.database.wass import ELMS, IN_LAST_WINDOW, OAKS, PINES, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Subsystem, codes, entries
from tests.web.asking import Gate as Login
from tests.web.doors import DOORS, ID, LOCKED, OTHER, open_doors

PEOPLE = (ID, OTHER, LOCKED, "M90001", "M90005", "M10009", "H10009", "M77777")
ENTRIES = ("rob", "tracs_menu", "imax")
EXPLAIN = {"context": {"gatehouse": {"explain": True}}}


@pytest.fixture
def asked(http: FlaskClient, callers: Callers) -> Gate:
    """The gate, asked by AuthZEN."""
    send = to_an_application(http.application)
    return Gate(send, callers.tokens["gate"], callers.tokens["auditor"])


@pytest.fixture
def subsystem(http: FlaskClient, callers: Callers) -> Subsystem:
    """The subsystem, in which M90001 acts."""
    return Subsystem(http, callers["subsystem"])


def _everything(engine: Engine) -> dict[str, list[Any]]:
    """Every row there is, but for what a question leaves behind."""
    left = {"entry", "leaf", "signature"}
    tables = [t for t in Base.metadata.sorted_tables if t.name not in left]
    with reading(engine).begin() as connection:
        return {t.name: sorted(map(repr, connection.execute(select(t)))) for t in tables}


def test_a_question_leaves_one_entry_and_moves_nothing(
    asked: Gate, wass: Wass, engine: Engine
) -> None:
    wass.knows_a_user()
    before = _everything(engine)
    questions = [
        question("M10001", "login", "entry", "tracs_menu"),
        question("M10001", "open_property", "property", f"{OAKS}"),
        question("M90001", "certify", "user", "M10001"),
        question("M10001", "paint", "record", "x\x00"),
    ]

    alone = asked.asks("evaluation", questions[0]).json
    together = asked.asks("evaluations", {"evaluations": [*questions, {}]}).json["evaluations"]
    asked.finds("subject", {**questions[1], "subject": {"type": "user"}})

    ids = [each["context"]["decision_id"] for each in (alone, *together[:-1])]
    assert _everything(engine) == before
    assert sorted(each["id"] for each in entries(engine, "evaluation")) == sorted(ids)
    (searched,) = entries(engine, "search")
    assert searched["results"] == ["M10001", "M90001"]
    assert {e["outcome"] for e in entries(engine, "evaluation")} == {"allow", "deny"}


def test_every_question_is_derived_again_from_its_entry(
    asked: Gate, wass: Wass, subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    open_doors(wass, subsystem)
    questions = [
        *(question(i, "login", "entry", e) for i in PEOPLE for e in (*ENTRIES, "EIV", "TRACS1")),
        *(question(i, "open_property", "property", f"{p}") for i in PEOPLE for p in (OAKS, PINES)),
        *(question("M90001", each, "user", ID) for each in DOORS),
        question("M90001", "withdraw_flag", "user", ID, doing={"flag_id": 1}),
        question(ID, "login", "entry", "tracs_menu", about={"contract_number": "X1"}),
        question("x", "paint", "y", "z"),
    ]

    found = asked.asks("evaluations", {"evaluations": questions}).json["evaluations"]

    for each in found:
        path = f"/v1/decisions/{each['context']['decision_id']}/replay"
        assert http.get(path, headers=callers["auditor"]).json["differences"] == []


def test_a_question_is_answered_as_the_login_is(
    asked: Gate, wass: Wass, subsystem: Subsystem, gate: Login
) -> None:
    open_doors(wass, subsystem)

    for user_id in PEOPLE:
        for entry in ENTRIES:
            answer = asked.asks(
                "evaluation", {**question(user_id, "login", "entry", entry), **EXPLAIN}
            ).json
            login = gate.login(user_id, entry)
            assert answer["decision"] is (login["decision"] == "allow")
            assert answer["context"]["reasons"] == login["reasons"]
        for number in (OAKS, ELMS, PINES):
            asks = question(user_id, "open_property", "property", f"{number}")
            answer = asked.asks("evaluation", {**asks, **EXPLAIN}).json
            login = gate.login(user_id, property_id=number)
            assert answer["decision"] is (login["decision"] == "allow")
            assert answer["context"]["reasons"] == login["reasons"]


def test_a_question_is_answered_as_the_call_is(
    asked: Gate, wass: Wass, subsystem: Subsystem
) -> None:
    open_doors(wass, subsystem)
    doing: dict[str, dict[str, Any]] = {
        "flag": {"items": ["TRACS"], "confirm": True},
        "withdraw_flag": {"flag_id": 1},
        "unassign_staff": {"coordinator_id": "M90001"},
    }

    for actor in ("M90003", LOCKED, "M90007", "M10009", "M90001"):
        for door in DOORS.values():
            whom = ID if door.action == "withdraw_flag" else (*door.named, actor)[0]
            asks = question(actor, door.action, "user", whom, doing=doing.get(door.action))
            answer = asked.asks("evaluation", {**asks, **EXPLAIN}).json
            if door.action == "withdraw_flag" and actor != "M90001":
                assert not answer["decision"]  # of another's flag the door knows nobody
                continue
            done = door.answer(subsystem.by(actor))
            assert answer["decision"] is (done["outcome"] == "done"), (actor, door.action)
            if not answer["decision"]:
                assert answer["context"]["reasons"] == done["reasons"]


@ANY_DATABASE
def test_a_lock_that_somebody_can_end_says_at_which_door(asked: Gate, wass: Wass) -> None:
    people = [
        Somebody(id="M10001", properties=[OAKS], last_activity_on="2025-11-01"),
        Somebody(id="M10002", properties=[OAKS]),
        Somebody(id="M10003", properties=[OAKS], terminated=True, last_activity_on="2025-11-01"),
        Somebody(id="M10004", properties=[PINES], last_activity_on="2025-11-01"),
        Somebody(id="M10005", properties=[OAKS], rob_accepted_on=""),
        coordinator(),
    ]
    certified = [(i, "M90001", IN_LAST_WINDOW) for i in ("M10001", "M10003", "M10005")]
    wass.knows(*people, certified=[*certified, ("M10004", "M90001", IN_LAST_WINDOW)])

    def context(user_id: str) -> dict[str, Any]:
        asks = {**question(user_id, "login", "entry", "tracs_menu"), **EXPLAIN}
        return dict(asked.asks("evaluation", asks).json["context"])

    idle, uncertified = context("M10001"), context("M10002")
    assert codes(idle) == ["INACTIVE"]
    assert idle["access_request"] == {
        "expires_at": "2026-03-03T00:00:00-05:00",
        "display": idle["reasons"][0]["remedy"],
        "endpoint": "http://127.0.0.1:8080/v1/unlocks",
    }
    assert idle["evaluation_id"] == idle["decision_id"]
    assert idle["evaluated_at"] == idle["as_of"]
    assert uncertified["access_request"]["endpoint"].endswith("/v1/certifications")
    # Terminated; without a coordinator; nobody else is needed; not locked.
    for user_id in ("M10003", "M10004", "M10005", "M90001"):
        assert "access_request" not in context(user_id), user_id


@ANY_DATABASE
def test_the_reasons_are_told_to_whoever_asks_for_them(
    asked: Gate, wass: Wass, http: FlaskClient
) -> None:
    asks = question(wass.knows_a_user(rob_accepted_on=""), "login", "entry", "tracs_menu")
    schemas = http.get("/openapi.json").json["components"]["schemas"]

    silent = asked.asks("evaluation", asks).json["context"]
    told = asked.asks("evaluation", {**asks, **EXPLAIN}).json["context"]

    assert set(silent) == {"decision_id", "reason"}
    assert set(told) - set(silent) == {
        *("reasons", "policy_digest", "as_of", "receipt", "reason_admin", "reason_user")
    }
    assert set(told) <= set(schemas["DecisionContext"]["properties"])
    assert set(told["receipt"]) == set(schemas["Receipt"]["properties"])
    assert told["reason_admin"]["en"].startswith("ROB_NOT_ACCEPTED rules/login.csv:")


@ANY_DATABASE
def test_the_same_key_gives_the_same_answer_and_one_entry(
    asked: Gate, wass: Wass, engine: Engine
) -> None:
    asks = question(wass.knows_a_user(), "login", "entry", "tracs_menu")
    searched = {**asks, "subject": {"type": "user"}}

    for path, body in (("evaluation", asks), ("evaluations", asks), ("search/subject", searched)):
        first, again = (asked.asks(path, body, Idempotency_Key=f"k {path}") for _ in range(2))
        assert (first.body, "idempotency-replayed" in first.headers) == (again.body, False)
        assert again.headers["idempotency-replayed"] == "true"
        assert asked.asks(path, {**body, "x": 1}, Idempotency_Key=f"k {path}").status == 422
    assert len(entries(engine, "evaluation", "search")) == 3


@ANY_DATABASE
def test_an_auditor_sees_who_was_asked_about(
    asked: Gate, wass: Wass, http: FlaskClient, callers: Callers
) -> None:
    wass.knows_a_user()
    asked.decides(question("M90001", "certify", "user", "M10001"))

    query = {"user_id": "M10001", "outcome": "deny"}
    found = http.get("/v1/decisions", query_string=query, headers=callers["auditor"]).json

    (made,) = found["decisions"]
    assert (made["kind"], made["actor_id"], made["reason"]) == (
        "evaluation",
        "M90001",
        "NOT_ASSIGNED",
    )


def test_an_answer_is_of_one_moment(asked: Gate, wass: Wass, engine: Engine) -> None:
    """Neither before nor after is it allowed; of one fact before and another after it would be."""
    idle = Somebody(id="M10001", properties=[OAKS], last_activity_on="2025-11-01")
    busy = replace(idle, last_activity_on="2026-02-20")
    certified = [("M10001", "M90001", IN_LAST_WINDOW)]
    wass.knows(idle, coordinator(), certified=certified)
    asks = question("M90001", "unlock", "user", "M10001")
    others: list[str] = []

    def changed(_: Any, statement: str, *__: Any) -> None:
        if "FROM staff" in statement and not others:
            others.append(statement)
            wass.knows(busy, coordinator(), certified=certified, staff=[("M90001", "M10001")])

    assert not asked.decides(asks)
    event.listen(engine, "do_execute", changed)

    assert not asked.decides(asks)
    assert others
    assert not asked.decides(asks)


def test_without_a_record_there_is_no_decision(asked: Gate, wass: Wass, engine: Engine) -> None:
    asks = question(wass.knows_a_user(), "login", "entry", "tracs_menu")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE signature"))

    for path in ("evaluation", "evaluations", "search/subject"):
        answer = asked.asks(path, asks)
        assert answer.status == 503
        assert b"true" not in answer.body.replace(b'"retryable":true', b"")
    assert entries(engine, "evaluation", "search") == []


@ANY_DATABASE
def test_every_decision_of_a_batch_is_counted(asked: Gate, wass: Wass, http: FlaskClient) -> None:
    asks = question(wass.knows_a_user(), "login", "entry", "tracs_menu")
    asked.decides_all(
        {**asks, "evaluations": [{}, {}, {"action": {"name": "paint"}}, {"action": {}}]}
    )

    lines = [each for each in http.get("/metrics").text.splitlines() if "/evaluations" in each]

    counted = [each for each in lines if "reason=" in each and "_created" not in each]
    assert [float(each.rpartition(" ")[2]) for each in sorted(counted)] == [2, 1]


@ANY_DATABASE
@pytest.mark.parametrize("depth", [900, 1020, 5000, 100_000])
def test_however_deep_a_body_is_it_is_answered(asked: Gate, wass: Wass, depth: int) -> None:
    asks = question(wass.knows_a_user(), "login", "entry", "rob")
    deep = b', "context": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    body = json.dumps(asks).encode()[:-1] + deep

    for path in ("evaluation", "evaluations", "search/subject", "search/action"):
        assert asked.asks(path, body).status in (200, 400)


@ANY_DATABASE
def test_256_kib_are_the_most(asked: Gate) -> None:
    body = {"x": "y" * 256 * 1024}

    assert asked.asks("evaluations", body).status == 413


@ANY_DATABASE
def test_a_base_with_a_path_is_found_behind_the_well_known_one(
    parts: Wiring, signer: Signer
) -> None:
    base = "https://h.example/tenant1"
    client = create_app(replace(parts, public_url=base), signer).test_client()

    told = client.get("/.well-known/authzen-configuration/tenant1").json

    assert told["policy_decision_point"] == base
    assert told["search_action_endpoint"] == f"{base}/access/v1/search/action"
    assert client.get("/.well-known/authzen-configuration").status_code == 404


_VALUE = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "user", "M10001"])
_ENTITY = _VALUE | st.fixed_dictionaries(
    {}, optional={"type": _VALUE, "id": _VALUE, "name": _VALUE, "properties": st.just({}) | _VALUE}
)
_BODY = st.fixed_dictionaries(
    {},
    optional={
        "subject": _ENTITY,
        "action": _ENTITY,
        "resource": _ENTITY,
        "context": st.just({}) | _VALUE,
        "other": _VALUE,
    },
)


@given(_BODY)
def test_a_question_is_read_as_its_documented_shape_says(body: dict[str, Any]) -> None:
    wrong = EvaluationSchema().validate(body)

    try:
        read_item(body)
    except MisaskedError:
        assert wrong
    else:
        assert not wrong
