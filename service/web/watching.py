"""What every request leaves behind for who operates: a line of the log, and its counts."""

from collections.abc import Callable
from functools import cache
from time import perf_counter

from flask import Flask, Response, request
from flask_smorest.spec.plugins import FlaskPlugin

from service.logs import log
from service.web.idempotency import REPLAYED
from service.web.meters import Meters
from service.web.noted import Noted, noted
from service.web.requests import request_id
from service.web.wired import meters

BEGUN = "gatehouse.begun"
NO_DOOR = "none"
#: Asked every few seconds by machines; nobody wants to read that.
PROBES = {"/healthz", "/readyz", "/metrics"}


def watch(app: Flask) -> None:
    """Count and log every request of *app*; never what was asked, only by which door."""

    @app.after_request
    def leave_word(response: Response) -> Response:
        seconds = perf_counter() - request.environ[BEGUN]
        path, status, found = _path(), response.status_code, noted()
        door = f"{request.method} {path}" if path else NO_DOOR
        if REPLAYED in response.headers or status != 200:
            found.decided.clear()  # nothing new was decided
        _count(meters(), door, status, seconds, found)
        _tell(log().debug if path in PROBES else log().info, door, status, seconds, found)
        return response


def _path() -> str:
    """The path as it is documented, for the real one may name people; '' where there is none."""
    rule = request.url_rule
    return _documented(rule.rule) if rule is not None else ""


@cache
def _documented(rule: str) -> str:
    return str(FlaskPlugin.flaskpath2openapi(rule))


def _count(counts: Meters, door: str, status: int, seconds: float, found: Noted) -> None:
    counts.requests.labels(door, status).inc()
    counts.seconds.labels(door).observe(seconds)
    for each in found.decided:
        counts.decisions.labels(door, each.outcome, each.reason).inc()
    if found.cause:
        counts.no_decision.labels(found.cause).inc()


def _tell(say: Callable[..., None], door: str, status: int, seconds: float, found: Noted) -> None:
    line: dict[str, object] = {
        "request_id": request_id(),
        "client": found.client,
        "door": door,
        "status": status,
        "duration_ms": round(seconds * 1000, 3),
    }
    if found.decided:
        line["decision_id"] = found.decided[0].entry_id
    say("request", **line)
