"""GET /healthz and /readyz: whether the process lives, and whether it can decide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, update

from models.engine import open_engine
from models.policy import ActiveRevision, Revision
from models.schema import upgrade
from service.app import create_app
from service.ledger.receipts import Signer
from service.policy.folder import SHIPPED, read_texts
from service.wiring import Wiring
from tests.conftest import Clock
from tests.database.owner import unguard


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Engine]:
    """A database nobody has prepared."""
    engine = open_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    yield engine
    engine.dispose()


def _fresh(engine: Engine, clock: Clock) -> FlaskClient:
    """A process that has just begun and decided nothing yet."""
    return create_app(Wiring(engine, clock), Signer(Ed25519PrivateKey.generate())).test_client()


def test_a_prepared_service_is_alive_and_ready(http: FlaskClient) -> None:
    alive, ready = http.get("/healthz"), http.get("/readyz")

    assert (alive.status_code, alive.json) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "wrong": []})


def test_a_database_without_its_schema_is_not_ready_and_says_what_to_run(
    bare: Engine, clock: Clock
) -> None:
    response = _fresh(bare, clock).get("/readyz")

    assert response.status_code == 503
    assert response.json["status"] == "not ready"
    assert "gatehouse db upgrade" in response.json["wrong"][0]


def test_a_process_that_is_not_ready_is_still_alive(bare: Engine, clock: Clock) -> None:
    assert _fresh(bare, clock).get("/healthz").status_code == 200


def test_a_database_without_a_policy_is_not_ready(bare: Engine, clock: Clock) -> None:
    with bare.begin() as connection:
        upgrade(connection)

    response = _fresh(bare, clock).get("/readyz")

    assert response.status_code == 503
    assert response.json["wrong"][0].startswith("policy:")


def test_a_pointer_to_nothing_is_not_ready(engine: Engine, clock: Clock) -> None:
    with engine.begin() as connection:
        connection.execute(delete(ActiveRevision))

    assert _fresh(engine, clock).get("/readyz").status_code == 503


def test_policies_that_are_not_what_their_digest_names_are_not_ready(
    engine: Engine, clock: Clock
) -> None:
    texts = {path: raw.decode() for path, raw in read_texts(SHIPPED).items()}
    texts["rules/login.csv"] = texts["rules/login.csv"].replace("> 90", "> 9000")
    with engine.begin() as connection:
        unguard(connection, "revision")
        connection.execute(update(Revision).values(texts=texts))

    response = _fresh(engine, clock).get("/readyz")

    assert response.status_code == 503
    assert response.json["wrong"]


def test_a_file_that_is_no_database_is_not_ready(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "bare.db"
    file.write_bytes(b"this is no database, whatever its name says; " * 100)
    engine = open_engine(f"sqlite:///{file}")

    response = _fresh(engine, clock).get("/readyz")

    engine.dispose()
    assert response.status_code == 503
    assert response.json["wrong"]
