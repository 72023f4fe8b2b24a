"""What the present application is wired with."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from service.ledger.receipts import Signer
from service.wiring import Wiring

_NAME = "gatehouse"


@dataclass(frozen=True, slots=True)
class _Served:
    parts: Wiring
    signer: Signer


def attach(app: Flask, parts: Wiring, signer: Signer) -> None:
    """Hand *parts* and *signer* to *app*."""
    app.extensions[_NAME] = _Served(parts, signer)


def wiring() -> Wiring:
    """The parts of the application that serves this request."""
    return _served().parts


def signer() -> Signer:
    """Who signs the receipts of the application that serves this request."""
    return _served().signer


def _served() -> _Served:
    return cast(_Served, current_app.extensions[_NAME])
