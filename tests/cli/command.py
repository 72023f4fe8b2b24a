"""Running the command `gatehouse` as a person at a shell does.

A shell starts it with the libraries loaded already, each time in a process of its own: starting
Python anew takes longer than all the tests. `installed` is the command as it is installed.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, event

from service.cli.main import main
from tests.tokens import token_key_file

YES, NO, WRONGLY_ASKED, NO_ANSWER = range(4)
_COMMAND = Path(sys.executable).with_name("gatehouse")
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return orjson.loads(self.out)


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell whose environment names a database."""

    database_url: str

    def __call__(self, *arguments: object, **environment: str) -> Said:
        """Run `gatehouse` with *arguments*; a traceback is no answer at all."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            process = _PROCESSES.Process(
                target=_run, args=(_words(arguments), self._names(environment), out, err)
            )
            process.start()
            process.join()
            said = Said(process.exitcode or 0, out.read_text(), err.read_text())
            process.close()
        assert "Traceback" not in said.err, said.err
        return said

    def killed_before(self, step: int, *arguments: object) -> bool:
        """Run it, to be killed before its statement or commit of that number; whether it was."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            given = _words(arguments), self._names({}), out, err
            process = _PROCESSES.Process(target=_run_and_die, args=(step, *given))
            process.start()
            process.join()
            killed = process.exitcode == -signal.SIGKILL
            process.close()
        return killed

    def installed(self, *arguments: object, **environment: str) -> Said:
        """Run the installed command."""
        ran = subprocess.run(
            [_COMMAND, *_words(arguments)],
            env=self._names(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return Said(ran.returncode, ran.stdout, ran.stderr)

    def _names(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE_")}
        names = {
            "GATEHOUSE_DATABASE_URL": self.database_url,
            "GATEHOUSE_TOKEN_KEY": str(token_key_file()),
            "TERM": "dumb",
        }
        return {**kept, **names, **more}


def _words(arguments: tuple[object, ...]) -> list[str]:
    return [str(each) for each in arguments]


def _run_and_die(step: int, *given: Any) -> None:
    """Run the command in this process, which ends before that step."""
    steps = iter(range(1, step))

    def next_step(*_: object) -> None:
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", next_step)
    event.listen(Engine, "commit", next_step)
    _run(*given)


def _run(words: list[str], names: dict[str, str], out: Path, err: Path) -> None:
    for descriptor, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), descriptor)
    os.environ.clear()
    os.environ.update(names)
    sys.argv = ["gatehouse", *words]
    main()
