"""Nobody is served without a key that is safe, a schema that fits and a database that keeps."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, text

from models.engine import open_engine
from service.ledger.receipts import KeyFileError, Signer, make_key, read_signer
from service.serving import NotReadyError, start
from service.settings import settings_from
from service.wiring import Wiring, prepare, signing_key
from tests.conftest import Clock
from tests.database.postgres import Server


def test_the_embedded_default_makes_its_key_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = settings_from({"GATEHOUSE_DATABASE_URL": f"sqlite:///{tmp_path / 'g.db'}"})

    made, found = read_signer(signing_key(settings)), read_signer(signing_key(settings))

    assert made.key_id == found.key_id
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["signing.key"]


def test_another_database_wants_a_key_that_is_named() -> None:
    settings = settings_from({"GATEHOUSE_DATABASE_URL": "postgresql://localhost/gatehouse"})

    with pytest.raises(KeyFileError, match="GATEHOUSE_SIGNING_KEY"):
        signing_key(settings)


def test_a_key_that_is_missing_open_to_others_or_no_key_is_refused(tmp_path: Path) -> None:
    shared, rubbish = tmp_path / "shared.key", tmp_path / "rubbish.key"
    make_key(shared)
    shared.chmod(0o640)
    rubbish.write_text("no key")
    rubbish.chmod(0o600)

    for path, word in (
        (tmp_path / "none", "no signing key"),
        (shared, "chmod 600"),
        (rubbish, "PEM"),
    ):
        with pytest.raises(KeyFileError, match=word):
            read_signer(path)


def test_a_database_without_the_schema_is_not_served(tmp_path: Path, clock: Clock) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'bare.db'}")

    with pytest.raises(NotReadyError, match="gatehouse db upgrade"):
        start(Wiring(engine, clock), Signer(Ed25519PrivateKey.generate()))

    engine.dispose()


def test_sqlite_that_may_forget_a_commit_is_not_served(tmp_path: Path, clock: Clock) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'weak.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE any (one INTEGER)"))

    with pytest.raises(NotReadyError, match="journal_mode"):
        start(Wiring(engine, clock), Signer(Ed25519PrivateKey.generate()))

    engine.dispose()


def test_postgresql_that_may_forget_a_commit_is_not_served(postgres: Server, clock: Clock) -> None:
    engine = create_engine(postgres.url, connect_args={"options": "-c synchronous_commit=off"})

    with pytest.raises(NotReadyError, match="synchronous_commit"):
        start(Wiring(engine, clock), Signer(Ed25519PrivateKey.generate()))

    engine.dispose()


def test_a_prepared_sqlite_is_served(tmp_path: Path, clock: Clock) -> None:
    parts = Wiring(open_engine(f"sqlite:///{tmp_path / 'good.db'}"), clock)
    prepare(parts)

    start(parts, Signer(Ed25519PrivateKey.generate()))

    parts.engine.dispose()
