"""Serving under gunicorn."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from service.serving import check, served
from service.settings import Settings
from service.web.health import stops_when

#: Who is told to stop has done so after that; containers are killed after 10 s.
_STOPPING_SECONDS = 8
_LOOK_SECONDS = 1.0


class _Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Told to stop, it answers whoever is there and refuses whoever comes.

    Gunicorn's own would listen until the last has gone, and cut off then who came meanwhile; and
    it would wait for connections that nobody uses until its time is up.
    """

    def run(self) -> None:
        stops_when(self.wsgi, lambda: not self.alive)
        super().run()

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            for listener in self.sockets:
                self._accept_all(listener)
                listener.close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(min(timeout, _LOOK_SECONDS))

    def _accept_all(self, listener: Any) -> None:
        before = -1
        while before < self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self._settings.bind,
            "workers": self._settings.workers,
            "worker_class": _Worker,
            "threads": 8,
            "graceful_timeout": _STOPPING_SECONDS,
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
