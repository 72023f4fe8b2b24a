"""The key by which tokens are known: rows of before are keyed once, and a wrong key is said."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.engine import open_engine
from models.schema import differences, upgrade
from models.token_key import TokenKey, TokenKeyError, keyed
from service.clients import add_client, list_clients
from service.ledger.receipts import Signer
from service.login.gather import gather_caller
from service.policy.revisions import ship
from service.serving import NotReadyError, start
from service.settings import Settings, settings_from
from service.token_file import make_token_key, read_token_key
from service.wiring import Wiring, begin_token_key, prepare, token_key_file, wire
from tests.cli.command import WRONGLY_ASKED, YES, Shell
from tests.database.migrating import upgrade_to
from tests.tokens import TOKEN_KEY, knowing

AS_OF = datetime(2026, 3, 2, 17, tzinfo=UTC)
TOKEN = "gh_given_before_there_was_a_key"
_BEFORE = text(
    "INSERT INTO client (name, token_digest, scopes, created_at, revoked_at)"
    " VALUES (:name, :digest, 'gate', :at, :revoked)"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database nobody has prepared."""
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("prepared_postgres").empty()
    engine = open_engine(url)
    yield engine
    engine.dispose()


def as_before(engine: Engine) -> None:
    """The schema of before, with two clients, one of them revoked."""
    with engine.begin() as connection:
        upgrade_to(connection, "0008")
        at = AS_OF.replace(tzinfo=None) if engine.dialect.name == "sqlite" else AS_OF
        for name, token, revoked in (("TRACS", TOKEN, None), ("old", "gh_old", at)):
            digest = hashlib.sha256(token.encode()).hexdigest()
            row = {"name": name, "digest": digest, "at": str(at), "revoked": revoked and str(at)}
            connection.execute(_BEFORE, row)


def test_a_token_given_before_there_was_a_key_stays_good_and_a_revoked_one_revoked(
    bare: Engine,
) -> None:
    as_before(bare)

    with knowing(bare).begin() as connection:
        upgrade(connection)
        ship(connection, as_of=AS_OF)
        assert differences(connection) == []
        found = [gather_caller(connection, token)[1] for token in (TOKEN, "gh_old", "gh_other")]

        kept = str(connection.execute(text("SELECT * FROM client")).all())

    assert [each and (each.name, each.revoked) for each in found] == [
        ("TRACS", False),
        ("old", True),
        None,
    ]
    assert hashlib.sha256(TOKEN.encode()).hexdigest() not in kept


def test_clients_are_not_keyed_without_a_key_and_nothing_is_changed(bare: Engine) -> None:
    as_before(bare)

    with pytest.raises(TokenKeyError, match="GATEHOUSE_TOKEN_KEY"), bare.begin() as connection:
        upgrade(connection)

    with knowing(bare).begin() as connection:
        upgrade(connection)
        assert len(list_clients(connection)) == 2


def test_a_database_without_clients_needs_no_key(bare: Engine) -> None:
    prepare(Wiring(bare, lambda: AS_OF))

    with bare.begin() as connection:
        assert list_clients(connection) == []


def test_a_service_with_another_key_than_the_tokens_does_not_start(
    parts: Wiring, signer: Signer
) -> None:
    with parts.engine.begin() as connection:
        add_client(connection, "TRACS", ["gate"], AS_OF)
    start(parts, signer)
    other = TokenKey(b"that of another house")

    with pytest.raises(NotReadyError, match=rf"{TOKEN_KEY.key_id}.*{other.key_id}.*TOKEN_KEY"):
        start(replace(parts, engine=keyed(parts.engine, lambda: other)), signer)


def test_no_client_is_added_by_another_key(database_url: str, tmp_path: Path) -> None:
    shell, other = Shell(database_url), tmp_path / "other.key"
    make_token_key(other)
    added = shell("client", "add", "TRACS", "--scope", "gate")

    refused = shell("client", "add", "iMAX", "--scope", "gate", GATEHOUSE_TOKEN_KEY=str(other))

    assert (added.code, refused.code, refused.out) == (YES, 1, "")
    assert "GATEHOUSE_TOKEN_KEY" in refused.err


def _settings(**names: str) -> Settings:
    return settings_from({f"GATEHOUSE_{name}": value for name, value in names.items()})


def test_beside_an_embedded_database_a_key_is_made_that_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    settings = _settings(DATABASE_URL=f"sqlite:///{tmp_path / 'gatehouse.db'}")
    parts = wire(settings)
    prepare(parts)

    with parts.engine.begin() as connection:
        add_client(connection, "TRACS", ["gate"], AS_OF)
    parts.engine.dispose()

    assert (tmp_path / "token.key").stat().st_mode & 0o777 == 0o600
    assert read_token_key(tmp_path / "token.key") != TOKEN_KEY


def test_elsewhere_the_first_client_makes_the_key_beside_the_signing_key_and_no_later_one(
    database_url: str, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for host in (here, there):
        host.mkdir()
    names = {"DATABASE_URL": database_url, "TOKEN_KEY": str(here / "token.key")}
    parts = wire(_settings(**names))
    begin_token_key(_settings(**names), parts)
    with parts.engine.begin() as connection:
        add_client(connection, "TRACS", ["gate"], AS_OF)
    parts.engine.dispose()

    other = _settings(**{**names, "TOKEN_KEY": str(there / "token.key")})
    parts = wire(other)
    begin_token_key(other, parts)
    parts.engine.dispose()

    assert (here / "token.key").exists()
    assert not (there / "token.key").exists()
    said = Shell(database_url)(
        "client", "add", "iMAX", "--scope", "gate", GATEHOUSE_TOKEN_KEY=str(there / "token.key")
    )
    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert "copy it" in said.err


def test_where_no_key_is_named_it_lies_beside_the_signing_key(tmp_path: Path) -> None:
    server = "postgresql://gate@db/gatehouse"
    beside = _settings(DATABASE_URL=server, SIGNING_KEY=str(tmp_path / "signing.key"))

    assert token_key_file(beside) == tmp_path / "token.key"
    assert token_key_file(_settings(DATABASE_URL=server)) is None


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (b"ab" * 32, 0o644, "chmod 600"),
        (b"ab" * 31, 0o600, "64 hexadecimal"),
        (b"", 0o600, "64 hexadecimal"),
        (b"AB" * 32, 0o600, "64 hexadecimal"),
    ],
)
def test_a_file_that_is_no_key_is_refused(
    tmp_path: Path, content: bytes, mode: int, told: str
) -> None:
    file = tmp_path / "token.key"
    file.write_bytes(content)
    file.chmod(mode)

    with pytest.raises(TokenKeyError, match=told):
        read_token_key(file)
