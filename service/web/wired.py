"""What the present application is wired with."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g

from service.sealer.work import Sealer
from service.web.limits import Limits
from service.web.meters import Meters
from service.wiring import Wiring

_NAME = "gatehouse"


@dataclass(frozen=True, slots=True)
class _Served:
    parts: Wiring
    sealer: Sealer | None
    meters: Meters
    limits: Limits


def attach(
    app: Flask, parts: Wiring, sealer: Sealer | None, meters: Meters, limits: Limits
) -> None:
    """Hand *parts*, *sealer*, *meters* and *limits* to *app*."""
    app.extensions[_NAME] = _Served(parts, sealer, meters, limits)


def look(app: Flask) -> None:
    """Let the meters of *app* see how its pool and its sealer stand."""
    served = cast(_Served, app.extensions[_NAME])
    stopped = served.sealer is not None and bool(served.sealer.wrong)
    served.meters.look(served.parts.engine.pool, stopped)


def meters_of(app: Flask) -> Meters:
    """What is counted in the process of *app*."""
    return cast(_Served, app.extensions[_NAME]).meters


def wiring() -> Wiring:
    """The parts of the application that serves this request."""
    return _served().parts


def instant() -> datetime:
    """The instant of this request; the clock is read once for all of it."""
    if "instant" not in g:
        g.instant = wiring().clock()
    return cast(datetime, g.instant)


def sealer() -> Sealer | None:
    """Who seals the ledger in this process, if anybody."""
    return _served().sealer


def end(app: Flask) -> None:
    """Let what works beside the answers of *app* come to its end."""
    served = cast(_Served, app.extensions[_NAME])
    if served.sealer is not None:
        served.sealer.end()


def meters() -> Meters:
    """What is counted in this process."""
    return _served().meters


def limits() -> Limits:
    """How often who may call."""
    return _served().limits


def _served() -> _Served:
    return cast(_Served, current_app.extensions[_NAME])
