"""SIGTERM: who is there is answered, who comes is refused, and /readyz says what is so."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path

import orjson
import pytest

from tests.faults.gate import ENTRY, PATIENCE, House, Serving, furnish, serving
from tests.faults.load import kept

_ALIVE = b"GET /healthz HTTP/1.1\r\nHost: gatehouse\r\n\r\n"
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
STOPS = {"status": "not ready", "wrong": ["host: it was told to stop"]}


class Caller:
    """A connection over which a request can be sent in parts."""

    def __init__(self, served: Serving) -> None:
        self._socket = socket.create_connection(("127.0.0.1", served.port), PATIENCE)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def sends(self, part: bytes) -> None:
        """Send a part of a request, or all of it."""
        self._socket.sendall(part)

    def may_go_on(self) -> None:
        """Wait until the request is under way and its body is asked for."""
        assert self._socket.recv(len(_GO_ON)) == _GO_ON

    def hears(self) -> tuple[int, dict[str, object]]:
        """Status and body of the answer."""
        response = HTTPResponse(self._socket)
        response.begin()
        return response.status, orjson.loads(response.read())


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house for which one kind of database is enough."""
    return furnish(f"sqlite:///{tmp_path / 'gatehouse.db'}", tmp_path)


@pytest.fixture
def served(house: House, tmp_path: Path) -> Iterator[Serving]:
    """That house, served by one worker."""
    with serving(house, tmp_path, workers=1) as served:
        yield served


def test_a_host_told_to_stop_answers_who_is_there_and_refuses_whoever_comes(
    house: House, served: Serving
) -> None:
    with ExitStack() as callers:
        idle, health, login = (callers.enter_context(Caller(served)) for _ in range(3))
        idle.sends(_ALIVE)
        assert idle.hears()[0] == 200
        health.sends(b"GET /readyz HTTP/1.1\r\n")
        head, body = login_of(house)
        login.sends(head)
        login.may_go_on()  # the one worker accepted who came before, too
        (worker,) = served.workers()
        os.kill(worker, signal.SIGSTOP)
        queued = [callers.enter_context(Caller(served)) for _ in range(3)]  # accepted by nobody
        for each in queued:
            each.sends(_ALIVE)

        served.tell_to_stop()
        os.kill(worker, signal.SIGTERM)  # as the master will; so it is told before it goes on
        os.kill(worker, signal.SIGCONT)
        served.sees(lambda: served.readiness() == 0, "whoever comes refused")
        health.sends(b"Host: gatehouse\r\n\r\n")
        login.sends(body)

        assert [each.hears()[0] for each in queued] == [200] * len(queued)
        assert health.hears() == (503, STOPS)
        status, answer = login.hears()
        assert (status, answer["decision"]) == (200, "allow")
        assert answer["decision_id"] in kept(house).entries
        assert served.stopped() == 0, served.log()


def login_of(house: House) -> tuple[bytes, bytes]:
    """A login of somebody who is allowed, head and body; the head waits to be told to go on."""
    body = orjson.dumps({"user_id": house.allowed[0], "entry": ENTRY})
    head = (
        "POST /v1/logins HTTP/1.1\r\nHost: gatehouse\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {house.token}\r\nContent-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    return head.encode(), body
