"""Rate and latency of a login on both databases, beside two floors on the same gunicorn.

Run by `make bench`. All are served at once and asked in turn, round after round; the table shows
medians and ratios of one run. Nothing here is a test.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import orjson

from service.clients import add_client
from service.feed.demo import load_demo
from service.ledger.receipts import make_key
from service.policy.active import Courts
from service.settings import settings_from
from service.wiring import prepare, wire
from tests.benchmarks import impact, judgement, reports
from tests.database.postgres import free_port, running_server

ROUNDS = 5
SECONDS = 3
CONNECTIONS = 8
WORKERS = 2
PEOPLE = [f"M1{number:04}" for number in range(1, 121)]
GUNICORN = ["--worker-class=gthread", "--threads=8", f"--workers={WORKERS}", "--log-level=warning"]


def main() -> None:
    """Serve everything, ask in turn, and print the tables."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_server())
        url = server.url.render_as_string(hide_password=False)
        asked = {
            "constant WSGI answer": stack.enter_context(_floor("constant")),
            "bare Flask, JSON echo": stack.enter_context(_floor("echo")),
            "login, SQLite": stack.enter_context(_gate(f"sqlite:///{folder / 'g.db'}", folder)),
            "login, PostgreSQL": stack.enter_context(_gate(url, folder)),
        }
        rounds = [{name: _load(*each) for name, each in asked.items()} for _ in range(ROUNDS)]
    _print(rounds)
    print()
    judgement.main()
    print()
    reports.main()
    print()
    impact.main([])


Asked = tuple[int, str]


@contextmanager
def _floor(name: str) -> Iterator[Asked]:
    port = free_port()
    command = [
        "gunicorn",
        *GUNICORN,
        f"--bind=127.0.0.1:{port}",
        f"tests.benchmarks.floors:{name}",
    ]
    with _running([sys.executable, "-m", *command], {}, port, "/v1/logins"):
        yield port, ""


@contextmanager
def _gate(url: str, folder: Path) -> Iterator[Asked]:
    key, port = folder / "signing.key", free_port()
    make_key(key)
    environment = {
        "GATEHOUSE_DATABASE_URL": url,
        "GATEHOUSE_SIGNING_KEY": str(key),
        "GATEHOUSE_BIND": f"127.0.0.1:{port}",
        "GATEHOUSE_WORKERS": str(WORKERS),
    }
    token = _fill(environment)
    gatehouse = Path(sys.executable).with_name("gatehouse")
    with _running([str(gatehouse), "serve"], environment, port, "/readyz"):
        yield port, token


def _fill(environment: dict[str, str]) -> str:
    parts = wire(settings_from(environment))
    prepare(parts)
    with parts.engine.begin() as connection:
        courts, as_of = Courts(), parts.clock()
        load_demo(connection, courts=courts, as_of=as_of, progress=lambda _: None)
        token = add_client(connection, "bench", ["gate"], as_of)
    parts.engine.dispose()
    return token


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[None]:
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, path)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, path: str) -> None:
    for _ in range(200):
        try:
            HTTPConnection("127.0.0.1", port).request("GET", path)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


def _load(port: int, token: str) -> tuple[float, float, float]:
    """Requests a second, and the median and the 99th percentile in milliseconds."""
    requests = [_request(orjson.dumps({"user_id": i, "entry": "imax"}), token) for i in PEOPLE]
    plan = {"port": port, "requests": requests, "seconds": SECONDS, "connections": CONNECTIONS}
    command = [sys.executable, "-m", "tests.benchmarks.load"]
    done = subprocess.run(command, input=orjson.dumps(plan), capture_output=True, check=True)
    times = sorted(orjson.loads(done.stdout))
    return len(times) / SECONDS, statistics.median(times), times[int(len(times) * 0.99)]


def _request(body: bytes, token: str) -> str:
    return (
        "POST /v1/logins HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n{body.decode()}"
    )


def _print(rounds: list[dict[str, tuple[float, float, float]]]) -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()};")
    print(f"{WORKERS} workers, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each.\n")
    print("| answer | per second | of the Flask echo | p50 ms | p99 ms |")
    print("|---|---|---|---|---|")
    for name in rounds[0]:
        rate, p50, p99 = (statistics.median(r[name][i] for r in rounds) for i in range(3))
        share = statistics.median(r[name][0] / r["bare Flask, JSON echo"][0] for r in rounds)
        print(f"| {name} | {rate:,.0f} | {share:.2f} | {p50:.1f} | {p99:.1f} |")


if __name__ == "__main__":
    main()
