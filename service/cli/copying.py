"""gatehouse db copy: an embedded installation moves to PostgreSQL, whole or not at all."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models.copying import CopyError, copy_rows, first_table, rows_of
from models.engine import open_engine
from models.schema import at_head, upgrade
from service.cli.shown import (
    NO,
    WRONGLY_ASKED,
    json_option,
    leave,
    print_json,
    print_table,
    progress_bar,
)
from service.cli.verifying import told, verified_in
from service.ledger.held_to import EvidenceError, gathered
from service.ledger.outside import Folder
from service.ledger.sealing import head
from service.settings import Settings
from service.wiring import outside


class _RefusedError(Exception):
    """Nothing was copied; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """A ledger that was found intact: its tree, and its entries."""

    origin: str
    size: int
    root: str
    entries: int


@click.command("copy")
@click.argument("source_url", metavar="SQLITE_URL")
@click.argument("target_url", metavar="POSTGRES_URL")
@json_option
@click.pass_obj
def copy_command(settings: Settings, source_url: str, target_url: str, as_json: bool) -> None:
    """Copy the embedded database SQLITE_URL into the empty database POSTGRES_URL.

    POSTGRES_URL names the role that will own the schema. The ledger is verified before and after,
    against the checkpoints in GATEHOUSE_CHECKPOINT_DIR or beside SQLITE_URL; nobody can write
    meanwhile. All is copied or nothing; killed, it can be run again. Stop the service first, and
    start it with the new GATEHOUSE_DATABASE_URL, the same key and the same checkpoints.

    \b
    Exit codes: 0 copied; 1 refused (not empty, not intact, not this version's schema);
    2 asked wrongly; 3 a database did not answer.
    """
    source, target = _source(source_url), _target(target_url)
    folder = outside(replace(settings, database_url=source_url))
    try:
        rows, tree = _copied(source, target, folder)
    except (_RefusedError, CopyError) as error:
        leave(NO, f"db copy: {error}. Nothing was copied.")
    except EvidenceError as error:
        leave(WRONGLY_ASKED, f"db copy: {error}. Nothing was copied.")
    finally:
        source.dispose()
        target.dispose()
    if as_json:
        print_json({"rows": rows, **asdict(tree)})
        return
    print_table(["TABLE", "ROWS"], [(name, f"{n:,}") for name, n in rows.items() if n])
    click.echo(
        f"Copied. Intact on both sides: {tree.entries:,} entries, of which {tree.size:,} make"
    )
    click.echo(f"the tree {tree.origin} with the root {tree.root}.")


def _source(url: str) -> Engine:
    named = _read(url, "SQLITE_URL")
    if named.get_backend_name() != "sqlite" or not named.database:
        leave(WRONGLY_ASKED, "db copy: SQLITE_URL: expected sqlite:///FILE")
    if not Path(named.database).is_file():
        leave(WRONGLY_ASKED, f"db copy: SQLITE_URL: there is no file {named.database}")
    return open_engine(url)


def _target(url: str) -> Engine:
    if _read(url, "POSTGRES_URL").get_backend_name() != "postgresql":
        leave(WRONGLY_ASKED, "db copy: POSTGRES_URL: expected postgresql://OWNER@HOST/DATABASE")
    return open_engine(url)


def _read(url: str, name: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        leave(WRONGLY_ASKED, f"db copy: {name}: expected the URL of a database, found `{url}`")


def _copied(source: Engine, target: Engine, folder: Folder | None) -> tuple[dict[str, int], _Tree]:
    """Copy in one transaction, while the right to write to *source* is held."""
    with source.begin() as read, target.begin() as write:
        _check(read, write)
        before = _intact(read, folder, "Verifying what is there")
        upgrade(write)
        rows = rows_of(read)
        with progress_bar() as bar:
            task = bar.add_task("Copying", total=sum(rows.values()))
            copy_rows(read, write, lambda more: bar.update(task, advance=more))
        after = _intact(write, folder, "Verifying the copy")
        if (rows, before) != (rows_of(write), after):
            raise _RefusedError("the copy came out otherwise than what was copied")
    return rows, after


def _check(source: Connection, target: Connection) -> None:
    if not at_head(source):
        raise _RefusedError(
            "the schema of SQLITE_URL is not this version's; run `gatehouse db upgrade` on it"
        )
    if there := first_table(target):
        raise _RefusedError(
            f"POSTGRES_URL is not empty, it has the table {there}; make a database for this alone"
        )


def _intact(connection: Connection, folder: Folder | None, what: str) -> _Tree:
    tree = head(connection)
    evidence = gathered(connection, tree.origin, folder, None, None)
    found = verified_in(connection, evidence, what)
    if found.damage is not None:
        raise _RefusedError(f"{what}: not intact: {told(found.damage)}")
    return _Tree(tree.origin, tree.peaks.size, tree.peaks.root.hex(), found.entries)
