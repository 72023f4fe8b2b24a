"""The log: one JSON object a line on standard error; for a person to read where a terminal is.

Logged are names of ours, ids and figures; never a token, a body, facts, or the text of an error,
which may hold any of them. What is kept for good is kept by the ledger, not here.
"""

import json
import logging
import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any

import orjson
import structlog
from structlog.types import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from service.clock import system_clock
from service.failures import told

LEVELS = ("debug", "info", "warning", "error")
#: Whose own log is part of ours: no word of anybody else's gets in. What their messages are made
#: with is left out of all but the server's, which is never about a request.
_SERVER, _OTHERS = "gunicorn", ("sqlalchemy", "psycopg", "alembic")
_STDERR = 2


class _Lines:
    """Each line is one write; a log that cannot be written keeps nobody out."""

    def msg(self, line: bytes) -> None:
        """Write *line*."""
        with suppress(OSError):
            os.write(_STDERR, line + b"\n")

    debug = info = warning = error = msg


class _Foreign(logging.Handler):
    """Passes on what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log *record* as one of ours."""
        whose = record.name.partition(".")[0]
        if whose != _SERVER and whose not in _OTHERS:
            return
        event = record.getMessage() if whose == _SERVER else str(record.msg)
        more = {"exc_info": record.exc_info[1]} if record.exc_info else {}
        log().log(min(record.levelno, logging.ERROR), event, source=record.name, **more)


def begin(level: str = "warning") -> None:
    """Log what is of one of LEVELS or graver, this process's own and that of its libraries."""
    number = getattr(logging, level.upper())
    structlog.configure(
        processors=[_dated, _readable() if sys.stderr.isatty() else _json],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Lines(),
    )
    log.cache_clear()
    root = logging.getLogger()
    root.handlers = [_Foreign()]
    root.setLevel(logging.WARNING)


@cache
def log() -> FilteringBoundLogger:
    """Who logs: `log().info("what happened", name=value)`."""
    if not structlog.is_configured():
        begin()
    logger: FilteringBoundLogger = structlog.get_logger().bind()
    return logger


def _dated(_logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    """*event* behind when it was and how grave; an exception as what may be said of it."""
    error = event.pop("exc_info", None)
    failure = told(error) if isinstance(error, BaseException) else {}
    first = {"timestamp": _now(), "level": level, "event": event.pop("event")}
    return {**first, **event, **failure}


def _now() -> str:
    return system_clock().isoformat(timespec="microseconds").replace("+00:00", "Z")


def _json(_logger: WrappedLogger, _level: str, event: EventDict) -> bytes:
    try:
        return orjson.dumps(event, default=str)
    except TypeError:  # text that is no Unicode, as names of files may be
        return json.dumps(event, default=str).encode()


def _readable() -> Processor:
    console = structlog.dev.ConsoleRenderer()

    def render(logger: WrappedLogger, name: str, event: EventDict) -> bytes:
        shown: dict[str, Any] = {key: _escaped(value) for key, value in event.items()}
        return console(logger, name, shown).encode()

    return render


def _escaped(value: Any) -> Any:
    """Text without what would move a terminal's cursor."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return value.encode("unicode_escape").decode()
