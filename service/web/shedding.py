"""Overload: who waited too long for a thread is told at once to ask again; nothing is queued long.

A worker begins as many requests as it has threads; others lie in its queue, or are not accepted
yet. The kernel knows since when the last byte of each lies there, so all of that time counts.
"""

import socket
import struct
from collections.abc import Iterable
from typing import Any

import orjson
from flask import Flask

from service.logs import log
from service.web.problems import MEDIA_TYPE, RETRY_SECONDS, undecided
from service.web.requests import REQUEST_ID, id_of
from service.web.watching import NO_DOOR, PROBES
from service.web.wired import meters_of

#: Who waited for more is refused: what is left of a second a database that hangs may take.
LONGEST_SECONDS = 0.2
_CAUSE = "Overload"
_STATUS = "503 SERVICE UNAVAILABLE"
_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)  # Linux alone has it
_LAST_DATA = struct.Struct("=52xI")  # tcpi_last_data_recv, in milliseconds


def shed(app: Flask) -> None:
    """Let *app* refuse who waited too long, but for those that ask how it is."""
    begin, meters = app.wsgi_app, meters_of(app)

    def refuse(environ: dict[str, Any], start: Any, seconds: float) -> Iterable[bytes]:
        own = id_of(environ)
        meters.requests.labels(NO_DOOR, 503).inc()
        meters.no_decision.labels(_CAUSE).inc()
        log().info("shed", request_id=own, waited_ms=round(seconds * 1000))
        body = orjson.dumps(undecided("too many ask at once", own))
        told = {"Content-Type": MEDIA_TYPE, "Retry-After": RETRY_SECONDS, REQUEST_ID: own}
        start(_STATUS, [*told.items(), ("Content-Length", str(len(body)))])
        return [body]

    def wsgi_app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        seconds = _waited(environ)
        if seconds > LONGEST_SECONDS and environ["PATH_INFO"] not in PROBES:
            return refuse(environ, start, seconds)
        return begin(environ, start)

    app.wsgi_app = wsgi_app  # type: ignore[assignment, method-assign]  # as Flask wants it


def _waited(environ: dict[str, Any]) -> float:
    """Seconds since the last byte of a request came; 0 where nobody knows."""
    if _TCP_INFO is None:
        return 0.0
    try:
        found = environ["gunicorn.socket"].getsockopt(
            socket.IPPROTO_TCP, _TCP_INFO, _LAST_DATA.size
        )
    except OSError:  # the caller is gone
        return 0.0
    milliseconds: int = _LAST_DATA.unpack(found)[0]
    return milliseconds / 1000
