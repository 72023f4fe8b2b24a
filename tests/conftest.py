"""What tests of the whole service begin with: a prepared database, a clock, callers, WASS."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.engine import REQUEST, Patience, open_engine
from service.app import bare_app, wire_app
from service.clients import SCOPES, add_client
from service.ledger.receipts import Signer
from service.policy.active import Courts
from service.wiring import Wiring, prepare
from tests.database.postgres import Databases, Server, running_server
from tests.database.wass import TODAY, Wass
from tests.tokens import knowing
from tests.web.asking import Gate, Subsystem

_EASTERN = ZoneInfo("America/New_York")
#: Of what is not about deadlines; what is takes REQUEST, and is marked `as_served`.
PATIENT = Patience(lock=60.0, statement=60.0)
_PREPARED_AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that was skipped is a test that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, day: str) -> None:
        self.put(day)

    def __call__(self) -> datetime:
        return self.at

    def put(self, day: str) -> None:
        """Put the clock to noon of *day* in Washington."""
        self.at = datetime.combine(datetime.fromisoformat(day), time(12), _EASTERN)


class Callers:
    """Clients of the service, each with its token; one is added when it first calls."""

    def __init__(self, parts: Wiring) -> None:
        self._parts = parts
        self._added: dict[str, str] = {}
        self._adding = Lock()

    def __getitem__(self, scope: str) -> dict[str, str]:
        """The header of the caller that holds *scope* and nothing else."""
        return {"Authorization": f"Bearer {self._token(scope)}"}

    @property
    def tokens(self) -> dict[str, str]:
        """The token of every scope."""
        return {scope: self._token(scope) for scope in SCOPES}

    def _token(self, scope: str) -> str:
        with self._adding:  # several threads of a test may call at once
            if scope not in self._added:
                with self._parts.engine.begin() as connection:
                    self._added[scope] = add_client(
                        connection, f"test {scope}", [scope], self._parts.clock()
                    )
            return self._added[scope]


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and the shipped policies, made once to be copied."""
    file = tmp_path_factory.mktemp("prepared") / "gatehouse.db"
    engine = open_engine(f"sqlite:///{file}")
    prepare(Wiring(engine, lambda: _PREPARED_AT))
    engine.dispose()
    return file


def copied(prepared: Path, folder: Path) -> str:
    """The URL of a copy of that database in *folder*."""
    for file in prepared.parent.glob(f"{prepared.name}*"):
        shutil.copy(file, folder)
    return f"sqlite:///{folder / prepared.name}"


def _copied_sqlite(request: pytest.FixtureRequest, folder: Path) -> str:
    return copied(request.getfixturevalue("prepared_sqlite"), folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    with running_server(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def prepared_postgres(postgres: Server) -> Iterator[Databases]:
    """A database with the schema and the shipped policies, made once to be copied."""
    databases = Databases(postgres)
    engine = open_engine(databases.template)
    prepare(Wiring(engine, lambda: _PREPARED_AT))
    engine.dispose()
    yield databases
    databases.drop_all()


def _copied_postgres(request: pytest.FixtureRequest, _folder: Path) -> str:
    databases: Databases = request.getfixturevalue("prepared_postgres")
    return databases.copy()


#: How to come by the URL of a fresh database that is prepared, for each kind of database.
_FRESH: dict[str, Callable[[pytest.FixtureRequest, Path], str]] = {
    "sqlite": _copied_sqlite,
    "postgresql": _copied_postgres,
}


@pytest.fixture(params=list(_FRESH))
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database with the schema and the shipped policies."""
    return _FRESH[request.param](request, tmp_path)


@pytest.fixture
def patience(request: pytest.FixtureRequest) -> Patience:
    """Longer than in production, for a machine may stand still for a moment; there too where a
    test is marked `as_served`."""
    return REQUEST if request.node.get_closest_marker("as_served") else PATIENT


@pytest.fixture
def engine(database_url: str, patience: Patience) -> Iterator[Engine]:
    """An engine as in production, but for its patience, on a fresh database."""
    engine = knowing(open_engine(database_url, patience=patience))
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """A clock at noon of TODAY."""
    return Clock(TODAY)


@pytest.fixture(scope="session")
def warm_courts() -> Courts:
    """Rulebooks by digest, compiled once for all tests: they never change."""
    return Courts()


@pytest.fixture
def parts(engine: Engine, clock: Clock, warm_courts: Courts) -> Wiring:
    """The parts of the service on a fresh database."""
    return Wiring(engine, clock, warm_courts)


@pytest.fixture(scope="session")
def signer() -> Signer:
    """Who signs receipts."""
    return Signer(Ed25519PrivateKey.generate())


@pytest.fixture(scope="session")
def bare() -> Flask:
    """An application to be wired by each test anew; what is costly is to build its doors."""
    return bare_app(Wiring.public_url)


@pytest.fixture
def http(bare: Flask, parts: Wiring, signer: Signer) -> FlaskClient:
    """Calls the application of *parts*."""
    wire_app(bare, parts, signer)
    return bare.test_client()


@pytest.fixture
def callers(parts: Wiring) -> Callers:
    """A caller for every scope."""
    return Callers(parts)


@pytest.fixture
def wass(parts: Wiring) -> Wass:
    """WASS, who can be made to speak."""
    return Wass(parts)


@pytest.fixture
def gate(http: FlaskClient, callers: Callers) -> Gate:
    """The gatekeeping call."""
    return Gate(http, callers["gate"])


@pytest.fixture
def subsystem(http: FlaskClient, callers: Callers) -> Subsystem:
    """The subsystem, in which M90001 acts."""
    return Subsystem(http, callers["subsystem"])
