"""The wiring of the present application."""

from typing import cast

from flask import Flask, current_app

from service.wiring import Wiring

_NAME = "gatehouse"


def attach(app: Flask, parts: Wiring) -> None:
    """Hand *parts* to *app*."""
    app.extensions[_NAME] = parts


def wiring() -> Wiring:
    """The parts of the application that serves this request."""
    return cast(Wiring, current_app.extensions[_NAME])
