"""Cerbos beside us, where its server is on the PATH (`npm install cerbos` brings one).

It judges the rows of our own login.csv, said in its language, on facts that come with the request:
it looks nobody up and keeps nothing.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson
import yaml

from service.core.facts import as_groups
from service.core.rulebook import read_rulebook
from service.policy.folder import SHIPPED, read_texts
from tests.benchmarks.judgement import FACTS
from tests.benchmarks.load import Load
from tests.benchmarks.served import Served, running
from tests.benchmarks.targets import Target
from tests.database.postgres import free_port

CERBOS = "Cerbos, judging facts sent to it; no state, no record"
_ASKED = {
    "requestId": "1",
    "principal": {"id": "M10001", "roles": ["user"]},
    "resources": [
        {
            "actions": ["login"],
            "resource": {"kind": "gate", "id": "tracs_menu", "attr": as_groups(FACTS)},
        }
    ],
}


def served(stack: ExitStack, folder: Path) -> dict[str, Served]:
    """Cerbos, if it is here; else nothing, and a line that says so."""
    program = shutil.which("cerbos")
    if program is None:
        print("Cerbos: absent (no `cerbos` on the PATH). OPA: absent (it is in no registry).")
        return {}
    port = free_port()
    command = [program, "server", f"--config={_configured(folder, port)}"]
    names = {**os.environ, "CERBOS_NO_TELEMETRY": "1"}
    process = stack.enter_context(running(command, port, "/_cerbos/health", names))
    _check(port)
    return {CERBOS: Served(port, process)}


def targets(said: str, load: Load, middle: Mapping[str, Any]) -> list[Target]:
    """How the *load* of what is *said* stands beside Cerbos, if that was asked too."""
    if CERBOS not in middle:
        return []
    share = load.rate / middle[CERBOS].load.rate
    return [Target(f"{said}, beside Cerbos without record", 1, share, "of it", least=True)]


def how(name: str) -> dict[str, Any]:
    """What the one of that *name* is asked, where it is not a login of ours."""
    if name != CERBOS:
        return {}
    return {"bodies": [orjson.dumps(_ASKED)], "path": "/api/check/resources"}


def _check(port: int) -> None:
    """Whether it says what our judge says of the same facts: that nobody comes in."""
    connection = HTTPConnection("127.0.0.1", port)
    body = orjson.dumps(_ASKED)
    connection.request("POST", "/api/check/resources", body, {"Content-Type": "application/json"})
    told = orjson.loads(connection.getresponse().read())
    assert told["results"][0]["actions"] == {"login": "EFFECT_DENY"}, told


def _configured(folder: Path, port: int) -> Path:
    policies, file = folder / "cerbos", folder / "cerbos.yaml"
    policies.mkdir()
    (policies / "gate.yaml").write_text(yaml.safe_dump(_policy()), encoding="utf-8")
    config = {
        "server": {
            "httpListenAddr": f"127.0.0.1:{port}",
            "grpcListenAddr": f"127.0.0.1:{free_port()}",
        },
        "storage": {"driver": "disk", "disk": {"directory": str(policies)}},
        "telemetry": {"disabled": True},
    }
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file


def _policy() -> dict[str, Any]:
    rules = [_rule(each) for each in read_rulebook(read_texts(SHIPPED)).rules["login"]]
    policy = {"resource": "gate", "version": "default", "rules": rules}
    return {"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": policy}


def _rule(rule: Any) -> Mapping[str, Any]:
    said = rule.text.replace("r.", "R.attr.")
    condition = {"match": {"expr": said}}
    effect = f"EFFECT_{rule.effect.upper()}"
    return {"actions": ["login"], "roles": ["user"], "effect": effect, "condition": condition}
