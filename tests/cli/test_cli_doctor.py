"""gatehouse doctor: what is well, what is wrong, and the cure; it changes nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text

from models.engine import open_engine
from service.clients import add_client
from service.clock import system_clock
from service.ledger.keys import use_key
from service.ledger.outside import Folder
from service.ledger.receipts import Signer, make_key, read_signer, signing
from service.sealer.giving import give_out
from service.sealer.work import seal_all
from service.token_file import make_token_key
from service.wiring import Wiring
from tests.cli.command import NO, NO_ANSWER, YES, Said, Shell
from tests.conftest import Clock
from tests.database.feeds import Feed, whole
from tests.database.owner import unguard
from tests.database.postgres import Server
from tests.database.roles import roles_on
from tests.web.asking import ANY_DATABASE

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class House:
    """A house in which all is well: sealed and signed a moment ago."""

    def __init__(self, database_url: str, engine: Engine, folder: Path) -> None:
        self._shell, self._engine = Shell(database_url), engine
        self.key, self.outside = folder / "signing.key", folder / "outside"
        make_key(self.key)
        self.signs()

    def signs(self) -> None:
        """Seal everything and give out a checkpoint."""
        signer = read_signer(self.key)
        with signing(self._engine, lambda: signer).begin() as connection:
            use_key(connection, signer, system_clock())
        seal_all(self._engine)
        give_out(self._engine, signer, system_clock, Folder(self.outside))

    def examined(self, **environment: str) -> Said:
        """What the doctor says of it."""
        named = {
            "GATEHOUSE_SIGNING_KEY": str(self.key),
            "GATEHOUSE_CHECKPOINT_DIR": str(self.outside),
        }
        return self._shell("doctor", "--json", **{**named, **environment})


@pytest.fixture
def house(database_url: str, engine: Engine, tmp_path: Path) -> House:
    """A house in which all is well."""
    return House(database_url, engine, tmp_path)


def _wrong(said: Said) -> dict[str, str]:
    assert said.code == NO, said
    assert said.json["ok"] is False
    return {e["check"]: e["found"] for e in said.json["checks"] if e["state"] == "wrong"}


def _of(said: Said, check: str) -> dict[str, Any]:
    (found,) = [each for each in said.json["checks"] if each["check"] == check]
    return dict(found)


def test_where_all_is_well_everything_is_looked_at_and_nothing_wrong(house: House) -> None:
    said = house.examined()

    assert (said.code, said.json["ok"]) == (YES, True), said
    looked = {each["check"] for each in said.json["checks"]}
    assert looked >= {"configuration", "schema", "durability", "rights", "clock", "policy"}
    assert looked >= {"feed", "key", "tokens", "ledger", "checkpoint", "folder"}
    assert not [each for each in said.json["checks"] if each["state"] == "wrong"]


@ANY_DATABASE
def test_it_prints_a_table_for_a_person(shell: Shell, house: House) -> None:
    said = shell("doctor", GATEHOUSE_SIGNING_KEY=str(house.key))

    assert "CHECK" in said.out
    assert "durability" in said.out


@ANY_DATABASE
def test_settings_that_cannot_be_understood_are_all_it_can_say(shell: Shell) -> None:
    said = shell("doctor", "--json", GATEHOUSE_DATABSE_URL="sqlite://")

    assert said.code == NO_ANSWER
    (only,) = said.json["checks"]
    assert (only["check"], only["state"]) == ("configuration", "wrong")
    assert "GATEHOUSE_DATABSE_URL" in only["found"]


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    said = Shell(f"sqlite:///{tmp_path / 'new' / 'gatehouse.db'}")("doctor", "--json")

    assert "database" in _wrong(said)
    assert list(tmp_path.iterdir()) == []


def test_a_database_nobody_answers_at_is_named_without_its_password() -> None:
    url = "postgresql+psycopg://gatehouse:CANARY@127.0.0.1:1/gatehouse"

    said = Shell(url)("doctor", "--json")

    assert "database" in _wrong(said)
    assert "CANARY" not in said.out + said.err


def test_a_database_without_its_schema_is_named_with_the_cure(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE something (one INTEGER)"))
    engine.dispose()

    said = Shell(f"sqlite:///{tmp_path / 'bare.db'}")("doctor", "--json")

    assert "database" in _wrong(said)
    assert "gatehouse db upgrade" in _of(said, "database")["cure"]


@ANY_DATABASE
def test_a_key_others_may_read_is_wrong(house: House) -> None:
    house.key.chmod(0o644)

    assert "chmod 600" in _wrong(house.examined())["key"]


@ANY_DATABASE
def test_a_key_that_never_signed_here_is_noted(house: House, tmp_path: Path) -> None:
    make_key(tmp_path / "other.key")

    said = house.examined(GATEHOUSE_SIGNING_KEY=str(tmp_path / "other.key"))

    assert said.code == YES
    assert _of(said, "key")["state"] == "note"


@ANY_DATABASE
def test_a_feed_older_than_three_days_is_wrong(
    house: House, engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    clock.at = system_clock() - timedelta(days=3, seconds=1)
    signed = signing(engine, lambda: read_signer(house.key))
    Feed(Wiring(signed, clock), tmp_path / "feed").says(**whole())
    house.signs()

    assert "3 days ago" in _wrong(house.examined())["feed"]


@ANY_DATABASE
def test_a_database_that_does_not_go_on_from_the_checkpoint_outside_is_wrong(
    house: House, engine: Engine
) -> None:
    with engine.begin() as connection:
        unguard(connection, "leaf")
        connection.execute(text("UPDATE tree_head SET size = size - 1"))

    assert "the checkpoint outside has" in _wrong(house.examined())["folder"]


@ANY_DATABASE
def test_entries_nobody_seals_are_wrong(house: House, engine: Engine, clock: Clock) -> None:
    clock.at = system_clock() - timedelta(minutes=5)
    new = Signer(Ed25519PrivateKey.generate())
    with signing(engine, lambda: new).begin() as connection:
        use_key(connection, new, clock())

    assert "1 entries wait" in _wrong(house.examined())["ledger"]


@ANY_DATABASE
def test_a_policy_that_is_not_what_its_digest_names_is_wrong(house: House, engine: Engine) -> None:
    with engine.begin() as connection:
        unguard(connection, "revision")
        connection.execute(text("UPDATE revision SET texts = '{}'"))

    assert "policy" in _wrong(house.examined())


@ON_POSTGRESQL
def test_a_service_that_owns_its_tables_is_noted(house: House) -> None:
    rights = _of(house.examined(), "rights")

    assert rights["state"] == "note"
    assert "GATEHOUSE_OWNER_URL" in rights["cure"]


def test_a_service_that_can_do_no_more_than_add_is_well_and_one_that_can_is_not(
    postgres: Server, signer: Signer, clock: Clock, tmp_path: Path
) -> None:
    with roles_on(postgres, signer, clock()) as roles:
        house = House(roles.url("service"), roles.service, tmp_path)
        owner = roles.url("owner")
        well = house.examined(GATEHOUSE_OWNER_URL=owner)
        with roles.owner.begin() as connection:
            connection.execute(text(f"GRANT UPDATE ON entry TO {roles.name('service')}"))
        more = house.examined(GATEHOUSE_OWNER_URL=owner)
        as_owner = house.examined(GATEHOUSE_DATABASE_URL=owner, GATEHOUSE_OWNER_URL=owner)

    assert _of(well, "rights")["state"] == "ok"
    assert _wrong(more)["rights"] == "the service may UPDATE entry"
    assert "rights" in _wrong(as_owner)


def test_the_key_the_tokens_are_known_by_is_looked_for_and_never_made(
    parts: Wiring, house: House, tmp_path: Path
) -> None:
    signed = signing(parts.engine, lambda: read_signer(house.key))
    with signed.begin() as connection:
        add_client(connection, "TRACS", ["gate"], parts.clock())
    gone, other = tmp_path / "gone.key", tmp_path / "other.key"
    make_token_key(other)

    missing = house.examined(GATEHOUSE_TOKEN_KEY=str(gone))
    wrong = house.examined(GATEHOUSE_TOKEN_KEY=str(other))

    assert str(gone) in _wrong(missing)["tokens"]
    assert not gone.exists()
    assert "GATEHOUSE_TOKEN_KEY" in _wrong(wrong)["tokens"]


def test_before_there_is_a_client_no_key_of_tokens_is_needed(house: House, tmp_path: Path) -> None:
    said = house.examined(GATEHOUSE_TOKEN_KEY=str(tmp_path / "none.key"))

    assert said.code == YES, said
    assert _of(said, "tokens")["state"] == "note"
