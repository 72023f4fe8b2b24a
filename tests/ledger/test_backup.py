"""A backup made while others write is a ledger that is intact; an old one is found out."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from models.engine import open_engine, reading
from service.ledger.checkpoints import DivergedError, hold_to, newest_of
from service.ledger.sealing import head
from service.ledger.verify import MISSING
from tests.database.postgres import Databases, programs_of_postgresql
from tests.ledger.conftest import Ledger

#: Makes a copy of the ledger as it is, of which nothing is read before it is restored.
Restore = Callable[[], str]


def _of_sqlite(url: str, folder: Path) -> Restore:
    backup = folder / "backup.db"
    with closing(sqlite3.connect(str(make_url(url).database))) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    return lambda: f"sqlite:///{backup}"


def _of_postgresql(url: str, folder: Path, databases: Databases) -> Restore:
    backup, programs = folder / "backup.dump", programs_of_postgresql()

    def run(program: str, *words: object, of: str) -> None:
        there = make_url(of).set(drivername="postgresql")
        named = there.render_as_string(hide_password=False)
        subprocess.run([programs / program, "-d", named, *words], check=True, capture_output=True)

    def restore() -> str:
        restored = databases.empty()
        run("pg_restore", "--exit-on-error", backup, of=restored)
        return restored

    run("pg_dump", "-Fc", "-f", backup, of=url)
    return restore


@pytest.fixture
def backup(
    request: pytest.FixtureRequest, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Restore]:
    """Makes a backup of the ledger, as the manual says, in a folder of its own."""

    def folder() -> Path:
        return tmp_path_factory.mktemp("backup")

    if database_url.startswith("sqlite"):
        return lambda: _of_sqlite(database_url, folder())
    databases: Databases = request.getfixturevalue("prepared_postgres")
    return lambda: _of_postgresql(database_url, folder(), databases)


@pytest.fixture
def restored(ledger: Ledger) -> Iterator[Callable[[str], Ledger]]:
    """The ledger of a copy, and of the same people, keys and checkpoints."""
    engines: list[Engine] = []

    def of(url: str) -> Ledger:
        engines.append(open_engine(url))
        return replace(ledger, engine=engines[-1], receipts=dict(ledger.receipts))

    yield of
    for each in engines:
        each.dispose()


def test_a_backup_made_while_others_write_is_intact_and_goes_on(
    ledger: Ledger, backup: Callable[[], Restore], restored: Callable[[str], Ledger]
) -> None:
    ledger.grows(20)

    with ThreadPoolExecutor(1) as others:
        writing = others.submit(ledger.writes, 60)
        made = [backup()]
        while not writing.done():
            made.append(backup())
    copies = [restored(restore()) for restore in made]
    found = [copy.verified() for copy in copies]

    assert [each.damage for each in found if not each.intact] == []
    assert min(each.entries for each in found) >= 20
    copies[-1].grows(5)
    assert copies[-1].verified().damage is None


def test_an_old_backup_is_found_and_nothing_is_signed_on_it(
    ledger: Ledger, backup: Callable[[], Restore], restored: Callable[[str], Ledger]
) -> None:
    ledger.grows(20)
    restore = backup()
    ledger.grows(5)

    old = restored(restore())
    with reading(old.engine).begin() as connection:
        newest = newest_of(connection, head(connection).origin, old.folder)
        with pytest.raises(DivergedError, match="an old copy was restored"):
            hold_to(connection, head(connection), newest)

    damage = old.verified().damage
    assert damage is not None
    assert damage.how == MISSING


def test_what_a_backup_lacks_behind_the_last_checkpoint_is_found_by_who_holds_a_receipt(
    ledger: Ledger, backup: Callable[[], Restore], restored: Callable[[str], Ledger]
) -> None:
    ledger.grows(20)
    restore = backup()
    ledger.writes(3)

    old = restored(restore())

    assert old.verified().damage is None
    assert old.verified(held=True).damage is not None
