"""A receiver of checkpoints that is down delays nothing, loses nothing, and is named as late."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.engine import reading
from models.ledger import CheckpointRow
from service.app import create_app
from service.ledger.delivery import Turn, receiver_of
from service.ledger.receipts import Signer
from service.sealer.telling import REFUSALS, tell
from service.sealer.work import Sealer, seal_all
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.postgres import free_port
from tests.faults.gate import PATIENCE
from tests.ledger.conftest import Ledger
from tests.web.asking import ANY_DATABASE, Gate

pytestmark = ANY_DATABASE
MANY = 60  # more than are told at once


class Receiver:
    """Somebody to whom checkpoints are posted: up, or refusing connections, or out of order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.answers = 204
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._port = free_port()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self._port}/checkpoints"

    def comes_up(self) -> None:
        """Take what is posted from now on."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def goes_down(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self.may_answer.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                note = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.asked.set()
                receiver.may_answer.wait(PATIENCE)
                if receiver.answers < 300:
                    receiver.told.append(note)
                self.send_response(receiver.answers)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that is down."""
    receiver = Receiver()
    yield receiver
    receiver.goes_down()


@pytest.fixture
def sealer(ledger: Ledger, receiver: Receiver) -> Iterator[Sealer]:
    """Who seals for that receiver, at work."""
    sealer = Sealer(ledger.engine, ledger.signer, ledger.clock, ledger.folder, receiver.url)
    yield sealer
    sealer.end()


@pytest.fixture
def served(parts: Wiring, signer: Signer, sealer: Sealer) -> FlaskClient:
    """Calls the application that *sealer* seals for."""
    return create_app(parts, signer, sealer).test_client()


def _given_out(ledger: Ledger) -> list[str]:
    with reading(ledger.engine).begin() as connection:
        return list(connection.scalars(select(CheckpointRow.note).order_by(CheckpointRow.id)))


def _tell(ledger: Ledger, receiver: Receiver, times: int = 1, by: str = "one") -> None:
    for _ in range(times):
        tell(ledger.engine, Turn(receiver.url, by), lambda: ledger.at)


@pytest.mark.parametrize("answers", [0, 404, 500])
def test_a_receiver_that_is_down_is_told_everything_later_in_order_and_once(
    ledger: Ledger, receiver: Receiver, answers: int
) -> None:
    ledger.grows(1)
    if answers:
        receiver.answers = answers
        receiver.comes_up()
    for _ in range(MANY - 1):
        ledger.grows(1)
        with pytest.raises(REFUSALS):
            _tell(ledger, receiver)
    receiver.goes_down()
    receiver.answers = 204

    receiver.comes_up()
    _tell(ledger, receiver, times=3)

    assert len(receiver.told) == MANY
    assert receiver.told == _given_out(ledger) == list(ledger.folder.notes(ledger.tree().origin))


def test_a_receiver_that_goes_down_in_the_midst_is_told_the_rest_later(
    ledger: Ledger, receiver: Receiver
) -> None:
    receiver.comes_up()
    for _ in range(3):
        ledger.grows(1)
    _tell(ledger, receiver)
    receiver.goes_down()
    ledger.grows(1)
    with pytest.raises(REFUSALS):
        _tell(ledger, receiver)

    receiver.comes_up()
    _tell(ledger, receiver)

    assert receiver.told == _given_out(ledger)


def test_one_process_tells_and_another_takes_over_when_it_is_gone(
    ledger: Ledger, receiver: Receiver
) -> None:
    receiver.comes_up()
    ledger.grows(1)
    _tell(ledger, receiver, by="one")
    ledger.grows(1)

    _tell(ledger, receiver, by="other")
    kept_waiting = list(receiver.told)
    ledger.at += timedelta(seconds=11)
    _tell(ledger, receiver, by="other")

    assert kept_waiting == _given_out(ledger)[:1]
    assert receiver.told == _given_out(ledger)


def test_while_a_receiver_does_not_answer_logins_are_decided_and_sealed_and_signed(
    ledger: Ledger,
    receiver: Receiver,
    sealer: Sealer,
    served: FlaskClient,
    callers: Callers,
) -> None:
    gate = Gate(served, callers["gate"])
    ledger.grows(1)
    receiver.may_answer.clear()
    receiver.comes_up()
    sealer.begin()
    assert receiver.asked.wait(PATIENCE)

    decision = gate.login("M77777")
    seal_all(ledger.engine)
    ledger.at += timedelta(days=1)
    ledger.checkpoints()

    assert receiver.told == []
    assert decision["decision"] == "lock"
    assert ledger.verified().covered == len(ledger.indexes())


def test_a_receiver_that_is_told_nothing_for_a_minute_is_named_and_keeps_nobody_from_deciding(
    ledger: Ledger, receiver: Receiver, served: FlaskClient, clock: Clock
) -> None:
    ledger.grows(1)
    clock.at = ledger.at + timedelta(seconds=59)
    before = _readiness(served)

    clock.at = ledger.at + timedelta(seconds=60)
    after = _readiness(served)
    receiver.comes_up()
    _tell(ledger, receiver)
    told = _readiness(served)

    assert before == told == (200, {"status": "ready", "wrong": []})
    assert (after[0], after[1]["status"]) == (200, "ready")
    assert [each for each in after[1]["late"] if receiver_of(receiver.url) in each]


def _readiness(served: FlaskClient) -> tuple[int, dict[str, Any]]:
    response = served.get("/readyz")
    return response.status_code, orjson.loads(response.data)
