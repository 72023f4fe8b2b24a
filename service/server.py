"""Serving under gunicorn."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.serving import check, served
from service.settings import Settings


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self._settings.bind,
            "workers": self._settings.workers,
            "worker_class": "gthread",
            "threads": 8,
            "proc_name": "gatehouse",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return served(self._settings)


def serve(settings: Settings) -> None:
    """Serve until told to stop; raises NotReadyError or KeyFileError before the first caller."""
    check(settings)  # what is wrong is said once, here, and not by every worker
    _Server(settings).run()
