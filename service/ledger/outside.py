"""Where checkpoints are kept outside the database: a folder, one file for each day and origin."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import BinaryIO

from service.ledger.notes import Checkpoint, NoteKey, read_key

_NOTE = re.compile(
    r"^(?P<text>[^\n]+\n\d+\n[^\n]+\ntime [^\n]+\n)\n(?:\u2014 [^\n]+\n)+(?=\n)", re.MULTILINE
)
_LONGER_THAN_NOTES = 16_384
_SUFFIX, _KEYS, _LOCK = ".checkpoints", ".keys", ".lock"


class OutsideError(Exception):
    """The folder of checkpoints cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of checkpoints, which may be of several databases and written by several hosts."""

    path: Path

    def newest(self, origin: str) -> str:
        """The newest note of *origin*; '' when there is none. Raises OutsideError."""
        for file in reversed(self._files(origin)):
            for text in (_end(file), _read(file)):
                if notes := list(_notes(text)):
                    return notes[-1]
        return ""

    def notes(self, origin: str) -> Iterator[str]:
        """Every note of *origin*, the oldest first; raises OutsideError."""
        for file in self._files(origin):
            yield from _notes(_read(file))

    def keys(self, origin: str) -> list[NoteKey]:
        """Every key that signed here for *origin*; raises OutsideError and NoteError."""
        return [read_key(line) for line in _read(self._keys(origin)).splitlines()]

    def keep_key(self, key: NoteKey) -> None:
        """Keep the public *key* beside what it signs, once; raises OutsideError."""
        file = self._keys(key.name)
        kept = _read(file)
        if str(key) not in kept.splitlines():
            _replace(file, f"{kept}{key}\n")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else adds for as long as the context lasts; raises OutsideError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OutsideError(f"{self.path}: {error.strerror or error}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)  # which ends the lock

    def add(self, checkpoint: Checkpoint, note: str) -> None:
        """Keep *note*; it is on the disk when this returns. Raises OutsideError."""
        day = checkpoint.made_at.astimezone(UTC).date().isoformat()
        _append(self.path / f"{_stem(checkpoint.origin)}-{day}{_SUFFIX}", f"{note}\n")

    def _keys(self, origin: str) -> Path:
        return self.path / f"{_stem(origin)}{_KEYS}"

    def _files(self, origin: str) -> list[Path]:
        try:
            return sorted(self.path.glob(f"{_stem(origin)}-*{_SUFFIX}"))
        except OSError as error:
            raise OutsideError(f"{self.path}: {error.strerror or error}") from None


def _stem(origin: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]", "-", origin)


def _notes(text: str) -> Iterator[str]:
    """The notes in *text* that are whole; a crash may have cut one."""
    return (match.group() for match in _NOTE.finditer(text))


def _end(file: Path) -> str:
    """The end of *file*, in which there is more than one note."""
    try:
        with file.open("rb") as read:
            read.seek(max(file.stat().st_size - _LONGER_THAN_NOTES, 0))
            return read.read().decode(errors="replace")
    except OSError as error:
        raise OutsideError(f"{file}: {error.strerror or error}") from None


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise OutsideError(f"{file}: {error.strerror or error}") from None


def _append(file: Path, text: str) -> None:
    """Add *text*; it is on the disk when this returns. A line that a crash cut is ended first."""
    try:
        with file.open("a+b") as out:
            begins = not out.tell()
            out.seek(max(out.tell() - 1, 0))
            gap = b"" if out.read() in (b"", b"\n") else b"\n"
            _write(out, gap + text.encode())
        if begins:
            _keep_names(file.parent)
    except OSError as error:
        raise OutsideError(f"{file}: {error.strerror or error}") from None


def _replace(file: Path, text: str) -> None:
    """Make *text* what *file* says, whole or not at all; it is on the disk when this returns."""
    beside = file.with_suffix(".new")
    try:
        with beside.open("wb") as out:
            _write(out, text.encode())
        beside.replace(file)
        _keep_names(file.parent)
    except OSError as error:
        raise OutsideError(f"{file}: {error.strerror or error}") from None


def _write(out: BinaryIO, raw: bytes) -> None:
    out.write(raw)
    out.flush()
    os.fsync(out.fileno())


def _keep_names(folder: Path) -> None:
    """Let the names in *folder* be on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
