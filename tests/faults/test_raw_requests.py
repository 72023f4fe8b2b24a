"""What no client library would send, sent to the served gate: refused, and the gate lives on."""

import socket
from pathlib import Path

import pytest

from tests.faults.gate import House, Serving, serving

HEAD = b"POST /v1/logins HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
RAW = {
    "both lengths": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n{}",
    "no request at all": b"\x00\x01\x02\r\n\r\n",
    "a line of 9 kB": b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "a header with a null byte": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "a space in a header's name": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
}


def _send(served: Serving, raw: bytes) -> bytes:
    """What comes back until the other side closes; nothing counts as refused too."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_what_is_no_http_is_refused_and_the_gate_lives_on(house: House, tmp_path: Path) -> None:
    with serving(house, tmp_path) as served:
        answers = {name: _send(served, raw) for name, raw in RAW.items()}

        assert served.ready()

    for name, answer in answers.items():
        assert not answer or answer.startswith(b"HTTP/1.1 4"), (name, answer[:200])
