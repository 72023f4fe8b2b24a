"""GET /metrics: what was decided and how fast, what failed, how old things are."""

from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, text

from models.ledger import CheckpointRow
from service.app import create_app
from service.ledger.receipts import Signer
from service.sealer.work import Sealer, seal_all
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.feeds import Feed, whole
from tests.database.wass import Wass
from tests.web.asking import ANY_DATABASE, Gate
from tests.web.policies import NINETY, SIXTY, Office, edited

pytestmark = ANY_DATABASE
DAY = 24 * 60 * 60
_ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def _read(http: FlaskClient) -> dict[str, float]:
    lines = http.get("/metrics").text.splitlines()
    told = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in told}


def test_entries_that_wait_and_are_sealed_are_counted(
    http: FlaskClient, gate: Gate, parts: Wiring, signer: Signer
) -> None:
    gate.login("M77777")
    before = _read(http)
    seal_all(parts.engine)
    after = _read(http)

    waited = before["gatehouse_ledger_waiting_entries"]
    assert waited > 0
    assert after["gatehouse_ledger_waiting_entries"] == 0
    assert after["gatehouse_ledger_sealed_entries"] == waited
    assert "gatehouse_checkpoint_age_seconds" not in after


def test_a_receiver_that_is_not_told_and_a_sealer_that_is_stopped_are_shown(
    parts: Wiring, signer: Signer, clock: Clock
) -> None:
    with parts.engine.begin() as connection:
        row = {"size": 0, "made_at": clock(), "note": "a note"}
        connection.execute(insert(CheckpointRow), row)
    sealer = Sealer(parts.engine, signer, clock, None, "http://receiver.invalid/")
    http = create_app(parts, signer, sealer).test_client()
    clock.put("2026-03-03")

    found = _read(http)
    sealer.wrong = "checkpoints: stopped"

    assert found["gatehouse_checkpoint_undelivered_seconds"] == 24 * 60 * 60
    assert found["gatehouse_checkpoint_age_seconds"] == 24 * 60 * 60
    assert found["gatehouse_sealing_stopped"] == 0
    assert _read(http)["gatehouse_sealing_stopped"] == 1


def test_from_elsewhere_only_an_operator_reads_them(http: FlaskClient, callers: Callers) -> None:
    def asked(**headers: str) -> int:
        return http.get("/metrics", headers=headers, environ_base=_ELSEWHERE).status_code

    assert asked() == 401
    assert asked(**callers["gate"]) == 403
    assert asked(**callers["operator"]) == 200


def test_decisions_are_counted_by_outcome_and_first_reason(
    http: FlaskClient, gate: Gate, wass: Wass
) -> None:
    user = wass.knows_a_user()
    for who in (user, user, "M77777"):
        gate.login(who, "imax")
    gate.asks(user_id="nobody at all", entry="imax")

    found = _read(http)

    door = 'door="POST /v1/logins"'
    decided = {name: value for name, value in found.items() if "decisions_total" in name}
    assert decided == {
        f'gatehouse_decisions_total{{{door},outcome="allow",reason="OK"}}': 2,
        f'gatehouse_decisions_total{{{door},outcome="lock",reason="USER_UNKNOWN"}}': 1,
    }
    assert found[f'gatehouse_requests_total{{{door},status="200"}}'] == 3
    assert found[f'gatehouse_requests_total{{{door},status="422"}}'] == 1
    assert found[f"gatehouse_request_seconds_count{{{door}}}"] == 4


def test_the_first_answer_given_again_is_counted_as_no_decision(
    http: FlaskClient, gate: Gate
) -> None:
    headers = {**gate.headers, "Idempotency-Key": "once"}
    for _ in range(3):
        http.post("/v1/logins", json={"user_id": "M77777", "entry": "imax"}, headers=headers)

    assert sum(v for name, v in _read(http).items() if "decisions_total" in name) == 1


def test_what_kept_a_decision_from_being_made_is_counted_by_its_kind(
    http: FlaskClient, gate: Gate, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE standing RENAME TO elsewhere"))
    gate.asks(user_id="M77777", entry="imax")

    found = _read(http)

    assert found['gatehouse_no_decision_total{cause="OperationalError"}'] == 1
    assert not [name for name in found if "decisions_total" in name]


def test_whatever_paths_are_asked_for_there_are_no_more_doors_than_ours(http: FlaskClient) -> None:
    for number in range(50):
        http.get(f"/v1/{number}")
        http.get(f"/v1/users/M{10000 + number}/outlook")
        http.open("/healthz", method=f"VERB{number}")

    doors = {name for name in _read(http) if name.startswith("gatehouse_requests_total")}

    assert doors == {
        'gatehouse_requests_total{door="none",status="404"}',
        'gatehouse_requests_total{door="none",status="405"}',
        'gatehouse_requests_total{door="GET /v1/users/{user_id}/outlook",status="401"}',
    }


def test_the_ages_of_feed_and_policy_are_shown(
    http: FlaskClient, parts: Wiring, clock: Clock, tmp_path: Path
) -> None:
    before = _read(http)
    feed = Feed(parts, tmp_path / "feed")
    feed.says(**whole())
    clock.put("2026-03-04")

    after = _read(http)

    assert "gatehouse_feed_age_seconds" not in before
    assert after["gatehouse_feed_age_seconds"] == 2 * DAY
    assert (
        after["gatehouse_policy_age_seconds"] == before["gatehouse_policy_age_seconds"] + 2 * DAY
    )


def test_refused_steps_of_policies_are_counted(http: FlaskClient, parts: Wiring) -> None:
    office = Office(http, parts)
    published = office.publishes("Ann", edited(NINETY, SIXTY)).json
    office.asks("Ben", "POST", f"/revisions/{published['digest']}/activation")

    found = _read(http)

    assert found['gatehouse_publications_refused_total{step="activation"}'] == 1
    assert found['gatehouse_publications_refused_total{step="approval"}'] == 0


def test_without_the_database_what_was_counted_is_still_read(
    http: FlaskClient, engine: Engine
) -> None:
    before = _read(http)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE leaf RENAME TO elsewhere"))

    after = _read(http)

    assert (before["gatehouse_database_answers"], after["gatehouse_database_answers"]) == (1, 0)
    assert after['gatehouse_requests_total{door="GET /metrics",status="200"}'] == 1


def test_how_many_connections_are_taken_is_shown(http: FlaskClient, engine: Engine) -> None:
    free = _read(http)["gatehouse_pool_in_use"]
    with engine.connect():
        taken = _read(http)

    assert taken["gatehouse_pool_in_use"] == free + 1
    assert taken["gatehouse_pool_size"] == 20
