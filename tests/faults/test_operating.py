"""A served gate as its operator sees it: the log, the counts of all workers, and the end."""

import os
import signal
import socket
from http.client import HTTPConnection
from pathlib import Path

import orjson
import pytest
from sqlalchemy import make_url

from tests.database.postgres import running_server
from tests.faults.gate import ENTRY, PATIENCE, House, Serving, furnish, own_database, serving

CANARY = "CANARY-7f3a"
#: What gunicorn refuses before it is a request of ours.
NO_REQUESTS = {
    "a line": f"GET /?token={CANARY} HTTP/9.9\r\n\r\n",
    "a verb": f"{CANARY} / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header": f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {CANARY}\r\n\r\n",
    "a value": f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: {CANARY}\0\r\n\r\n",
    "an expectation": f"GET / HTTP/1.1\r\nHost: x\r\nExpect: {CANARY}\r\n\r\n",
    "an encoding": f"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {CANARY}\r\n\r\n",
    "a break": f"GET /\x1b[2J{CANARY}\n HTTP/1.1\r\nHost: x\r\n\r\n",
}


class _Unheard(Serving):
    def log(self) -> str:
        """Nothing: none of it could be written."""
        return ""


def _asks(served: Serving, house: House, person: str) -> int:
    """Ask about *person* over a connection of its own; the status."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    body = orjson.dumps({"user_id": person, "entry": ENTRY})
    headers = {"Authorization": f"Bearer {house.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/v1/logins", body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _sends(served: Serving, raw: str) -> str:
    """What comes back to bytes that are no request."""
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as connection:
        connection.sendall(raw.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def _decisions(served: Serving) -> float:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/metrics", headers={"Connection": "close"})
        lines = connection.getresponse().read().decode().splitlines()
    finally:
        connection.close()
    counted = [line for line in lines if line.startswith("gatehouse_decisions_total")]
    return sum(float(line.rpartition(" ")[2]) for line in counted)


def _replace_both_workers(served: Serving) -> None:
    """One is killed, and one told to end; others come into their places."""
    first, second = served.workers()
    served.kill(first)
    os.kill(second, signal.SIGTERM)
    served.sees(lambda: not {first, second} & served.workers(), "both gone")
    served.await_ready()


def test_whatever_happens_the_log_is_json_and_holds_no_secret(tmp_path: Path) -> None:
    with running_server() as server:
        if server.folder is None:
            pytest.skip("the server that was given is not ours to crash")
        with own_database(server) as url:
            secret = make_url(url).set(password=CANARY).render_as_string(hide_password=False)
            house = furnish(secret, tmp_path)
            with serving(house, tmp_path, workers=1) as served:
                person = house.allowed[0]
                allowed = _asks(served, house, person)
                refused = [_sends(served, raw) for raw in NO_REQUESTS.values()]
                server.crash()
                try:
                    failed = _asks(served, house, person)
                finally:
                    server.start()
                served.tell_to_stop()
                assert served.stopped() == 0

    told = (tmp_path / "serve.log").read_text()
    lines = [orjson.loads(line) for line in told.splitlines()]
    assert (allowed, failed) == (200, 503)
    assert not [word for word in (CANARY, house.token, person) if word in told]
    assert not [answer for answer in refused if CANARY in answer]
    events = [line["event"] for line in lines]
    said = {"listening", "worker began", "request", "not answered", "no decision", "stopping"}
    assert said <= set(events)
    assert events[-1] == "stopped"


def test_the_counts_of_all_workers_add_up_outlive_them_and_end_with_the_host(
    tmp_path: Path,
) -> None:
    house = furnish(f"sqlite:///{tmp_path / 'gatehouse.db'}", tmp_path, people=20)

    with serving(house, tmp_path) as served:
        for person in house.allowed:
            assert _asks(served, house, person) == 200
        before = {_decisions(served) for _ in range(6)}
        _replace_both_workers(served)
        after = _decisions(served)
        assert _asks(served, house, house.locked[0]) == 200
        last = _decisions(served)
        counting = list(tmp_path.glob("gatehouse-metrics-*"))
        served.tell_to_stop()
        assert served.stopped() == 0

    assert before == {len(house.allowed)}
    assert (after, last) == (len(house.allowed), len(house.allowed) + 1)
    assert len(counting) == 1
    assert not counting[0].exists()


def test_a_log_that_cannot_be_written_keeps_nobody_out(tmp_path: Path) -> None:
    house = furnish(f"sqlite:///{tmp_path / 'gatehouse.db'}", tmp_path, people=2)
    served = _Unheard(house, Path("/dev/full"), workers=1)
    try:
        served.await_ready()
        statuses = {_asks(served, house, house.allowed[0]) for _ in range(3)}
        served.tell_to_stop()
        assert served.stopped() == 0
    finally:
        served.end()

    assert statuses == {200}
