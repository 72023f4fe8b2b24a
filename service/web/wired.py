"""What the present application is wired with."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from service.sealer.work import Sealer
from service.wiring import Wiring

_NAME = "gatehouse"


@dataclass(frozen=True, slots=True)
class _Served:
    parts: Wiring
    sealer: Sealer | None


def attach(app: Flask, parts: Wiring, sealer: Sealer | None) -> None:
    """Hand *parts* and *sealer* to *app*."""
    app.extensions[_NAME] = _Served(parts, sealer)


def wiring() -> Wiring:
    """The parts of the application that serves this request."""
    return _served().parts


def sealer() -> Sealer | None:
    """Who seals the ledger in this process, if anybody."""
    return _served().sealer


def _served() -> _Served:
    return cast(_Served, current_app.extensions[_NAME])
