"""GET /metrics: how it goes with the ledger, for monitoring."""

from flask.testing import FlaskClient
from sqlalchemy import insert

from models.ledger import CheckpointRow
from service.app import create_app
from service.ledger.receipts import Signer
from service.sealer.work import Sealer, seal_all
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.web.asking import ANY_DATABASE, Gate

pytestmark = ANY_DATABASE
_ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def _read(http: FlaskClient) -> dict[str, float]:
    lines = http.get("/metrics").text.splitlines()
    told = (line.split() for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in told}


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
