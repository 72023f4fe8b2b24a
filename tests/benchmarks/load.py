"""Asking a served gate as often as it answers: with wrk where it is installed, else with ours."""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

#: Who asks; Debian has wrk, and it takes less of the machine than a generator in Python.
GENERATOR = "wrk" if shutil.which("wrk") else "our own generator"
_SCRIPT = """
local bodies, at = {%s}, 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
request = function() at = at %% #bodies + 1 return wrk.format(nil, "%s", nil, bodies[at]) end
done = function(all, took, _)
  io.write(string.format("SAID %%f %%f %%f %%d %%d\\n", all.requests / all.duration * 1e6,
    took:percentile(50) / 1000, took:percentile(99) / 1000, all.requests,
    all.errors.status + all.errors.timeout + all.errors.read))
end
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where and what to ask, over how many connections, for how many seconds."""

    port: int
    bodies: Sequence[bytes]
    token: str = ""
    path: str = "/v1/logins"
    connections: int = 8
    seconds: int = 3


@dataclass(frozen=True, slots=True)
class Load:
    """Answers a second, how many there were, and milliseconds: median and 99th percentile."""

    rate: float
    answers: int
    p50: float
    p99: float


def ask(plan: Plan) -> Load:
    """Ask by *plan*; every answer has to be a 200."""
    return _by_wrk(plan) if GENERATOR == "wrk" else _by_ours(plan)


def _by_wrk(plan: Plan) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        bodies = ",".join(f"'{each.decode()}'" for each in plan.bodies)
        script.write(_SCRIPT % (bodies, plan.token, plan.path))
        script.flush()
        how = ["-t1", f"-c{plan.connections}", f"-d{plan.seconds}s", "-s", script.name]
        command = ["wrk", *how, f"http://127.0.0.1:{plan.port}"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    said = re.search(r"SAID (\S+) (\S+) (\S+) (\d+) (\d+)", told)
    assert said is not None, told
    assert said[5] == "0", told
    return Load(float(said[1]), int(said[4]), float(said[2]), float(said[3]))


def _by_ours(plan: Plan) -> Load:
    asked = {
        "port": plan.port,
        "requests": [_request(plan, each) for each in plan.bodies],
        "seconds": plan.seconds,
        "connections": plan.connections,
    }
    command = [sys.executable, str(Path(__file__).with_name("own_load.py"))]
    done = subprocess.run(command, input=orjson.dumps(asked), capture_output=True, check=True)
    times = sorted(orjson.loads(done.stdout))
    p99 = times[int(len(times) * 0.99)]
    return Load(len(times) / plan.seconds, len(times), statistics.median(times), p99)


def _request(plan: Plan, body: bytes) -> str:
    return (
        f"POST {plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {plan.token}\r\nContent-Length: {len(body)}\r\n\r\n{body.decode()}"
    )
