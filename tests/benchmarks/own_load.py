"""A load generator: connections kept open, each request's milliseconds; runs as a process."""

import socket
import sys
import time
from collections.abc import Iterator
from threading import Thread

import orjson


def main() -> None:
    """Read what to do from standard input, do it, and print every request's milliseconds."""
    plan = orjson.loads(sys.stdin.buffer.read())
    requests = [each.encode() for each in plan["requests"]]
    until = time.monotonic() + plan["seconds"]
    times: list[float] = []
    threads = [
        Thread(target=_ask, args=(plan["port"], requests[start:] + requests[:start], until, times))
        for start in range(plan["connections"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.buffer.write(orjson.dumps(times))


def _ask(port: int, requests: list[bytes], until: float, times: list[float]) -> None:
    asked = _over_and_over(requests)
    connection = socket.create_connection(("127.0.0.1", port))
    while time.monotonic() < until:
        start = time.perf_counter()
        connection.sendall(next(asked))
        closing = _read_answer(connection)
        times.append((time.perf_counter() - start) * 1000)
        if closing:
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
    connection.close()


def _over_and_over(requests: list[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


def _read_answer(connection: socket.socket) -> bool:
    """Read one answer to its end; whether the server closes. Raises unless it is a 200."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    fields = head.lower()
    length = int(fields.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return b"connection: close" in fields


if __name__ == "__main__":
    main()
