"""Sealers in processes of their own, each of which can be told before which step it dies.

A step is a statement, a commit, or a call by which the folder of checkpoints asks something of the
system. A process without threads, that has loaded everything, forks them one after the other.
"""

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from models.engine import open_engine
from service.ledger import outside
from service.ledger.outside import Folder
from service.ledger.receipts import read_signer
from service.ledger.sealing import seal
from service.sealer.giving import give_out

#: What is said of a sealer that was killed.
KILLED = "killed"
_OF_THE_SYSTEM = {"open", "flock", "write", "flush", "fsync", "close"}
_PROCESSES = get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Work:
    """What a sealer does: seal all, and sign; and the step, from 1, that it is to die before."""

    url: str
    key: Path
    folder: Path
    as_of: datetime
    signs: bool = True
    dies_before: int = 0


class Sealers:
    """Whoever makes sealers."""

    def __init__(self, maker: Connection) -> None:
        self._maker = maker

    def run(self, work: Work) -> str:
        """Let a sealer do *work*; '' when it was done, KILLED, or what went wrong."""
        self._maker.send(work)
        return str(self._maker.recv())


@contextmanager
def sealers() -> Iterator[Sealers]:
    """Sealers, for as long as the context lasts."""
    ours, theirs = Pipe()
    maker = _PROCESSES.Process(target=_make, args=(theirs,), daemon=True)
    maker.start()
    theirs.close()
    try:
        yield Sealers(ours)
    finally:
        ours.close()
        maker.join()
        maker.close()


def _make(asked: Connection) -> None:
    while True:
        try:
            work: Work = asked.recv()
        except EOFError:
            return
        child = os.fork()
        if not child:
            asked.send(_tried(work))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            asked.send(KILLED)


def _tried(work: Work) -> str:
    try:
        _seal_and_sign(work)
    except Exception:
        return traceback.format_exc()
    return ""


def _seal_and_sign(work: Work) -> None:
    engine = open_engine(work.url)
    steps = _Steps(work.dies_before)
    steps.watch(engine)
    sealed = 1
    while sealed:
        with engine.begin() as connection:
            sealed = seal(connection)
    if work.signs:
        with steps.of_the_folder():
            give_out(engine, read_signer(work.key), lambda: work.as_of, Folder(work.folder))
    steps.next()


class _Steps:
    """Counts the steps of this process, and kills it before the one it is to die before."""

    def __init__(self, dies_before: int) -> None:
        self._left = dies_before

    def watch(self, engine: Engine) -> None:
        for way in ("do_execute", "do_execute_no_params", "do_executemany"):
            event.listen(engine, way, lambda *_: self.next())
        event.listen(engine, "commit", lambda _: self.next())

    @contextmanager
    def of_the_folder(self) -> Iterator[None]:
        sys.setprofile(self._called)
        yield
        sys.setprofile(None)

    def _called(self, frame: FrameType, what: str, called: Any) -> None:
        by_the_folder = what == "c_call" and frame.f_code.co_filename == outside.__file__
        if by_the_folder and called.__name__ in _OF_THE_SYSTEM:
            self.next()

    def next(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
