"""One writer at a time: a queue before SQLite's own lock, within a process and between processes.

SQLite lets waiting writers sleep and try again, which is neither fair nor quick under load. Here
whoever has the turn is the next to write, so a process with many waiting cannot keep others out.
"""

import fcntl
import os
import time
from pathlib import Path
from threading import Lock

_FIRST_PAUSE = 0.0002
_LONGEST_PAUSE = 0.001


class QueueTimeoutError(Exception):
    """Another writer held the database for too long."""


class WriterQueue:
    """The right to write, held by one transaction of all processes that know the lock file."""

    def __init__(self, lock_file: Path, *, seconds: float) -> None:
        """Waiting for the right ends after *seconds* with QueueTimeoutError."""
        self._path, self._turn = lock_file, lock_file.with_name(f"{lock_file.name}.turn")
        self._seconds = seconds
        self._mine = Lock()
        self._file = -1

    def enter(self, until: float | None = None) -> None:
        """Wait for the right to write, no longer than *until*; raises QueueTimeoutError."""
        now = time.monotonic()
        deadline = now + self._seconds if until is None else until
        if not self._mine.acquire(timeout=max(0.0, deadline - now)):
            raise QueueTimeoutError(f"no right to write within {self._seconds} s")
        turn = -1
        try:
            turn = self._lock_before(self._turn, deadline)
            self._file = self._lock_before(self._path, deadline)
        except BaseException:
            self.leave()
            raise
        finally:
            if turn >= 0:
                os.close(turn)  # which ends the lock

    def leave(self) -> None:
        """Give the right back."""
        if self._file >= 0:
            os.close(self._file)  # which ends the lock
            self._file = -1
        self._mine.release()

    def _lock_before(self, path: Path, deadline: float) -> int:
        """The open file *path*, locked; raises QueueTimeoutError."""
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        pause = _FIRST_PAUSE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() + pause > deadline:
                    os.close(file)
                    message = f"no right to write within {self._seconds} s"
                    raise QueueTimeoutError(message) from None
            else:
                return file
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
