"""gatehouse db copy: an embedded installation moves to PostgreSQL, whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Engine, LargeBinary, select, text, type_coerce

from models.base import Base
from models.engine import Patience, open_engine
from models.partitions import partitions
from models.queue import QueueTimeoutError
from models.types import Json
from service.app import create_app
from service.ledger.outside import Folder
from service.ledger.receipts import read_signer
from service.sealer.giving import give_out
from service.sealer.work import seal_all
from service.settings import settings_from
from service.wiring import Wiring, wire
from tests.cli.command import NO, NO_ANSWER, WRONGLY_ASKED, YES, Shell
from tests.conftest import Callers, Clock
from tests.database.migrating import upgrade_to
from tests.database.owner import unguard
from tests.database.postgres import Databases
from tests.database.wass import Wass
from tests.web.asking import Gate

USERS = ("M10001", "M10404")
NOBODY = Patience(0.0, 0.0)
#: A copy is killed before each so-manieth statement of it.
EACH = 23


@dataclass
class House:
    """An embedded installation, and the same one where it moves to."""

    folder: Path
    embedded_url: str
    moved_url: str
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def embedded(self) -> Shell:
        """A shell at the embedded database."""
        return Shell(self.embedded_url)

    def moves(self, *more: str) -> Any:
        """Copy it."""
        return self.embedded("db", "copy", self.embedded_url, self.moved_url, *more)

    def moved(self, *words: object) -> Any:
        """Run a command at the database it moved to, with the key and checkpoints there were."""
        return Shell(self.moved_url)(
            *words,
            GATEHOUSE_SIGNING_KEY=str(self.folder / "signing.key"),
            GATEHOUSE_CHECKPOINT_DIR=str(self.folder / "checkpoints"),
        )

    def parts(self, url: str) -> Wiring:
        """The parts of the service there, with the key there was."""
        names = {"DATABASE_URL": url, "SIGNING_KEY": str(self.folder / "signing.key")}
        settings = settings_from({f"GATEHOUSE_{name}": value for name, value in names.items()})
        return Wiring(wire(settings).engine, self.clock)

    def logins(self, url: str) -> list[dict[str, Any]]:
        """Who is let in there, by the token of a caller there was."""
        parts = self.parts(url)
        app = create_app(parts, read_signer(self.folder / "signing.key"))
        gate = Gate(app.test_client(), {"Authorization": f"Bearer {self.tokens['gate']}"})
        answers = [gate.login(user) for user in USERS]
        parts.engine.dispose()
        return answers


@pytest.fixture
def house(tmp_path: Path, prepared_postgres: Databases, clock: Clock) -> House:
    """An installation with people, callers, logins and a checkpoint."""
    url = f"sqlite:///{tmp_path / 'gatehouse.db'}"
    Shell(url)("db", "upgrade")
    house = House(tmp_path, url, prepared_postgres.empty(), clock)
    parts = house.parts(url)
    Wass(parts).knows_a_user()
    house.tokens = Callers(parts).tokens
    house.logins(url)
    seal_all(parts.engine)
    signer = read_signer(tmp_path / "signing.key")
    give_out(parts.engine, signer, clock, Folder(tmp_path / "checkpoints"))
    parts.engine.dispose()
    return house


@pytest.fixture
def source(house: House) -> Iterator[Engine]:
    """The embedded database."""
    engine = open_engine(house.embedded_url, patience=Patience(0.05, 0.0))
    yield engine
    engine.dispose()


@pytest.fixture
def target(house: House) -> Iterator[Engine]:
    """The database it moves to."""
    engine = open_engine(house.moved_url)
    yield engine
    engine.dispose()


def _rows(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table; documents as the bytes they are."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [
            type_coerce(each, LargeBinary) if isinstance(each.type, Json) else each
            for each in table.columns
        ]
        query = select(*columns).order_by(*table.primary_key.columns)
        found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found


def _is_empty(engine: Engine) -> bool:
    tables = text("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    with engine.connect() as connection:
        return connection.scalar(tables) == 0


def test_every_row_is_copied_as_it_is(house: House, source: Engine, target: Engine) -> None:
    said = house.moves("--json")

    assert said.code == YES, said.err
    with source.connect() as there, target.connect() as here:
        rows = _rows(there)
        assert _rows(here) == rows
    assert said.json["rows"] == {name: len(each) for name, each in rows.items()}
    assert said.json["entries"] == said.json["size"] == len(rows["entry"]) > len(USERS)


def test_what_moved_answers_the_same_and_its_ledger_goes_on(house: House, tmp_path: Path) -> None:
    before = house.logins(house.embedded_url)
    assert house.moves().code == YES

    after = house.logins(house.moved_url)

    assert [each["decision"] for each in after] == ["allow", "lock"]
    for each in ("decision", "reason", "reasons", "refused_properties", "policy_digest"):
        assert [a[each] for a in after] == [b[each] for b in before]
    held = tmp_path / "held.jsonl"
    held.write_bytes(b"\n".join(map(orjson.dumps, before + after)))
    grown = house.moved("ledger", "checkpoint", "--json")
    verified = house.moved("ledger", "verify", "--receipts", held, "--json")
    assert grown.code == YES, grown.err
    assert (verified.code, verified.json["receipts"]) == (YES, 2 * len(USERS))
    assert verified.json["covered"] == verified.json["entries"] == grown.json["size"]
    assert verified.json["checkpoints"] == 2


def test_what_was_counted_is_counted_on(house: House, source: Engine, target: Engine) -> None:
    numbered = [t for t in Base.metadata.sorted_tables if t.autoincrement_column is not None]
    house.moves()

    with target.connect() as connection:
        following = {}
        for table in numbered:
            column = table.autoincrement_column
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            following[table.name] = connection.scalar(text(f"SELECT nextval({sequence})"))

    with source.connect() as connection:
        highest = {
            t.name: connection.scalar(select(t.c.id).order_by(t.c.id.desc())) for t in numbered
        }
    assert following == {name: (number or 0) + 1 for name, number in highest.items()}
    assert sum(number or 0 for number in highest.values()) > 0


def test_the_service_has_nothing_left_to_upgrade_there(house: House) -> None:
    house.moves()
    before = house.moved("ledger", "verify", "--json").json["entries"]

    upgraded = house.moved("db", "upgrade", "--json")

    assert upgraded.code == YES
    assert house.moved("ledger", "verify", "--json").json["entries"] == before


def test_what_moved_can_be_archived_by_the_month(house: House, target: Engine) -> None:
    house.moves()
    with target.begin() as connection:
        (first,) = (n for n in partitions(connection) if n.startswith("entry_before_"))
        connection.execute(text(f"ALTER TABLE entry DETACH PARTITION {first}"))
    day = f"{first.removeprefix('entry_before_').replace('_', '-')}-01"

    missed = house.moved("ledger", "verify")
    told = house.moved("ledger", "verify", "--archived-before", day)
    wrong = house.moved("ledger", "verify", "--archived-before", "soon")

    assert (missed.code, told.code, wrong.code) == (NO, YES, WRONGLY_ASKED)
    assert "its leaf is there, the entry is not" in missed.out
    assert "are known by their leaves alone" in told.out
    assert "--archived-before" in wrong.err


def test_a_person_is_told_what_was_copied(house: House) -> None:
    said = house.moves()

    assert "Copied. Intact on both sides" in said.out
    assert "idempotency" not in said.out


def test_what_is_not_empty_takes_nothing(house: House, target: Engine) -> None:
    with target.begin() as connection:
        connection.execute(text("CREATE TABLE mine (id integer)"))

    said = house.moves()

    assert (said.code, said.out) == (NO, "")
    assert "not empty, it has the table mine" in said.err
    assert house.moves().code == NO


def test_what_was_copied_is_not_copied_over(house: House, target: Engine) -> None:
    house.moves()
    with target.connect() as connection:
        before = _rows(connection)

    assert house.moves().code == NO

    with target.connect() as connection:
        assert _rows(connection) == before


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("sqlite:///{folder}/none.db", "{moved}", "there is no file"),
        ("{moved}", "{moved}", "SQLITE_URL: expected sqlite:///FILE"),
        ("sqlite://", "{moved}", "SQLITE_URL: expected sqlite:///FILE"),
        ("rubbish", "{moved}", "SQLITE_URL: expected"),
        ("{embedded}", "{embedded}", "POSTGRES_URL: expected postgresql://"),
        ("{embedded}", "mysql://a/b", "POSTGRES_URL: expected postgresql://"),
    ],
)
def test_what_cannot_be_copied_is_asked_wrongly(
    house: House, source: str, target: str, told: str
) -> None:
    urls = {"folder": house.folder, "embedded": house.embedded_url, "moved": house.moved_url}

    said = house.embedded("db", "copy", source.format(**urls), target.format(**urls))

    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert told in said.err


def test_an_older_schema_is_not_copied(house: House, target: Engine) -> None:
    older = f"sqlite:///{house.folder / 'older.db'}"
    engine = open_engine(older)
    with engine.begin() as connection:
        upgrade_to(connection, "0007")
    engine.dispose()

    said = house.embedded("db", "copy", older, house.moved_url)

    assert (said.code, said.out) == (NO, "")
    assert "gatehouse db upgrade" in said.err
    assert _is_empty(target)


def test_where_nobody_answers_nothing_is_copied(house: House) -> None:
    said = house.embedded("db", "copy", house.embedded_url, "postgresql://gate@127.0.0.1:1/none")

    assert (said.code, said.out) == (NO_ANSWER, "")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("entry", "UPDATE entry SET outcome = 'allow' WHERE outcome = 'lock'"),
        ("leaf", "UPDATE leaf SET leaf_hash = zeroblob(32) WHERE tree_index = 3"),
        ("entry", "DELETE FROM entry WHERE outcome = 'lock'"),
    ],
)
def test_a_source_that_was_tampered_with_is_refused_and_named(
    house: House, source: Engine, target: Engine, table: str, change: str
) -> None:
    with source.begin() as connection:
        unguard(connection, table)
        assert connection.execute(text(change)).rowcount == 1
    damage = house.embedded("ledger", "verify", "--json").json["damage"]

    said = house.moves()

    assert (said.code, said.out) == (NO, "")
    assert damage["entry_id"] in said.err
    assert damage["message"] in said.err
    assert _is_empty(target)


def test_a_value_postgresql_cannot_keep_is_refused_with_its_table(
    house: House, source: Engine, target: Engine
) -> None:
    with source.begin() as connection:
        connection.execute(text("UPDATE person SET organisation = 'a' || char(0)"))

    said = house.moves()

    assert (said.code, said.out) == (NO, "")
    assert "person: " in said.err
    assert _is_empty(target)


def test_while_it_is_copied_nobody_writes_and_then_everybody_can(
    house: House, source: Engine, target: Engine
) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as threads, target.connect() as watcher:
        with target.begin() as connection:  # who makes this table too has to wait
            connection.execute(text("CREATE TABLE person (id integer)"))
            copying = threads.submit(house.moves)
            while not watcher.scalar(waits) and not copying.done():
                watcher.rollback()

            with pytest.raises(QueueTimeoutError):
                source.begin().__enter__()

            connection.rollback()
        said = copying.result()

    assert said.code == YES, said.err
    with source.begin() as connection:
        connection.execute(text("UPDATE person SET organisation = ''"))


def test_while_somebody_writes_nothing_is_copied(
    house: House, source: Engine, target: Engine
) -> None:
    with source.begin():
        said = house.moves()

    assert (said.code, said.out) == (NO_ANSWER, "")
    assert _is_empty(target)


def test_killed_anywhere_it_leaves_nothing_and_can_be_run_again(
    house: House, target: Engine
) -> None:
    words = "db", "copy", house.embedded_url, house.moved_url
    kills = 0
    while house.embedded.killed_before(1 + kills * EACH, *words):
        kills += 1
        assert _is_empty(target), kills
        with open_engine(house.embedded_url).begin():
            pass

    assert kills > 5
    assert house.moved("ledger", "verify").code == YES
