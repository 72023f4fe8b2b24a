"""Serving under gunicorn."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from selectors import EVENT_READ
from tempfile import mkdtemp
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.util import write_error
from gunicorn.workers.gthread import ThreadWorker

from service.logs import begin, log
from service.serving import check, served
from service.settings import Settings
from service.web.health import stops_when
from service.web.meters import FOLDER, counted_as, gone
from service.web.shedding import shed
from service.web.wired import end, look

#: Who is told to stop has done so after that; containers are killed after 10 s.
_STOPPING_SECONDS = 8
_LOOK_SECONDS = 1.0
_CANNOT_BEGIN = 3  # by which gunicorn knows that no other worker could either
_REFUSED = {
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ForbiddenProxyRequest: (403, "Forbidden"),
}


class _Log(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """What gunicorn says stands in our log."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.error_log.propagate = True


class _Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Told to stop, it answers whoever is there and refuses whoever comes.

    Gunicorn's own would listen until the last has gone, and cut off then who came meanwhile; and
    it would wait for connections that nobody uses until its time is up.
    """

    slot: int

    def init_process(self) -> None:
        counted_as(self.slot)
        super().init_process()

    def run(self) -> None:
        stops_when(self.wsgi, lambda: not self.alive)
        shed(self.wsgi)
        log().info("worker began", worker=os.getpid(), slot=self.slot)
        super().run()
        end(self.wsgi)
        log().info("worker ended", worker=os.getpid(), slot=self.slot)

    def enqueue_req(self, conn: Any) -> None:
        """Wait for the first byte here, and not in a thread, as gunicorn's own would."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        told = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, told)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            log().info("stopping", worker=os.getpid(), connections=self.nr_conns)
            for listener in self.sockets:
                self._accept_all(listener)
                listener.close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        look(self.wsgi)
        super().wait_for_and_dispatch_events(min(timeout, _LOOK_SECONDS))

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse what is no request; gunicorn's own would repeat it, here and in the log."""
        ours = 500, "Internal Server Error"
        refused = isinstance(exc, errors.ParseException)
        status, reason = _REFUSED.get(type(exc), (400, "Bad Request")) if refused else ours
        say = log().info if refused else log().error
        say("not answered", status=status, exc_info=exc)
        with suppress(OSError):
            write_error(client, status, reason, "")

    def _accept_all(self, listener: Any) -> None:
        before = -1
        while before < self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    def __init__(self, settings: Settings, folder: str) -> None:
        """Workers count in *folder*."""
        self._settings, self._folder = settings, folder
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
            "logger_class": _Log,
            "when_ready": self._listens,
            "pre_fork": _give_a_slot,
            "child_exit": lambda _master, worker: gone(worker.slot, self._folder),
            "raw_env": [f"{FOLDER}={self._folder}"],
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        try:
            return served(self._settings)
        except Exception as error:
            log().error("no worker can begin", exc_info=error)
            raise SystemExit(_CANNOT_BEGIN) from None

    def _listens(self, _master: Any) -> None:
        log().info("listening", at=self._settings.bind, workers=self._settings.workers)


def _give_a_slot(master: Any, worker: Any) -> None:
    """Give *worker* the lowest number that no worker has who lives."""
    taken = {each.slot for each in master.WORKERS.values()}
    worker.slot = min(set(range(len(taken) + 1)) - taken)


def serve(settings: Settings) -> None:
    """Serve until told to stop; raises NotReadyError or KeyFileError before the first caller."""
    begin(settings.log)
    check(settings)  # what is wrong is said once, here, and not by every worker
    with _counting() as folder:
        _Server(settings, folder).run()


@contextmanager
def _counting() -> Iterator[str]:
    """A folder in which workers count; the master takes it away, not a worker that ends here."""
    master, folder = os.getpid(), mkdtemp(prefix="gatehouse-metrics-")
    try:
        yield folder
    finally:
        if os.getpid() == master:
            shutil.rmtree(folder, ignore_errors=True)
            log().info("stopped")
