"""gatehouse feed: what WASS says, from a folder of CSV files."""

from pathlib import Path
from typing import Any

import click
from rich.progress import Progress as Bar

from service.cli.shown import (
    NO,
    WRONGLY_ASKED,
    json_option,
    leave,
    parts,
    print_json,
    print_table,
    progress_bar,
)
from service.core.language import LanguageError, read_day
from service.feed.bad_rows import FeedError
from service.feed.importing import Imported, Progress, ShrinkError, import_feed
from service.wiring import Wiring

_TABLES = 9
_SHOWN = 50


@click.group()
def feed() -> None:
    """The WASS feed."""


@feed.command("import")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--dry-run", is_flag=True, help="Check and count everything; change nothing.")
@click.option("--as-of", "day", default="", metavar="DAY", help="The day WASS speaks of (today).")
@click.option(
    "--allow-shrink", is_flag=True, help="Let the feed end more than a tenth of a table."
)
@click.option(
    "--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Bad rows go here."
)
@json_option
def import_(
    folder: Path,
    dry_run: bool,
    day: str,
    allow_shrink: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Make the CSV files in DIR the truth: all of them or, with one bad row, nothing.

    \b
    people.csv, roles.csv, properties.csv, contracts.csv, property_assignments.csv,
    contract_assignments.csv and business_partners.csv are each the whole truth; rows that are
    gone end. staff.csv and certifications.csv only add. Any of them may be absent.
    """
    if day:
        _check_day(day)
    try:
        imported = _import(parts(), folder, day, allow_shrink, dry_run)
    except FeedError as error:
        _refuse(error, rejects, as_json)
    except ShrinkError as error:
        leave(NO, f"feed import: {error}")
    _show(imported, dry_run, as_json)


def _import(wiring: Wiring, folder: Path, day: str, allow_shrink: bool, dry_run: bool) -> Imported:
    with progress_bar() as bar, wiring.engine.connect() as connection, connection.begin() as work:
        imported = import_feed(
            connection,
            folder,
            courts=wiring.courts,
            as_of=wiring.clock(),
            day=day,
            allow_shrink=allow_shrink,
            progress=_watched(bar, folder),
        )
        if dry_run:
            work.rollback()
        return imported


def _watched(bar: Bar, folder: Path) -> Progress:
    size = sum(each.stat().st_size for each in folder.glob("*.csv") if each.is_file())
    reading = bar.add_task("Reading", total=size or 1)
    writing = bar.add_task("Writing", total=_TABLES + 1)
    return Progress(
        read=lambda file, done: bar.update(reading, advance=done, description=f"Reading {file}"),
        write=lambda table: bar.update(writing, advance=1, description=f"Writing {table}"),
    )


def _check_day(day: str) -> None:
    try:
        read_day(day)
    except LanguageError as error:
        leave(WRONGLY_ASKED, f"feed import: --as-of: {error}")


def _refuse(error: FeedError, rejects: Path | None, as_json: bool) -> None:
    lines = [str(row) for row in error.bad_rows]
    if rejects is not None:
        rejects.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if as_json:
        print_json({"ok": False, "bad_rows": error.bad_rows})
        leave(NO)
    shown = lines if rejects is None else lines[:_SHOWN]
    more = len(lines) - len(shown)
    rest = [f"... and {more} more in {rejects}"] if more else []
    leave(NO, "\n".join([*shown, *rest, f"{len(lines)} bad rows; nothing was imported."]))


def _show(imported: Imported, dry_run: bool, as_json: bool) -> None:
    changes = imported.spoken.changes
    if as_json:
        counts: dict[str, Any] = {
            name: {"added": each.added, "changed": each.changed, "ended": each.ended}
            for name, each in changes.items()
        }
        strange = sorted(imported.strange_roles)
        print_json(
            {
                "ok": True,
                "dry_run": dry_run,
                "day": imported.day,
                "changes": counts,
                "roles_not_in_the_catalogue": strange,
            }
        )
        return
    rows = [(n, str(c.added), str(c.changed), str(c.ended)) for n, c in changes.items()]
    print_table(["TABLE", "ADDED", "CHANGED", "ENDED"], rows)
    if imported.strange_roles:
        names = ", ".join(sorted(imported.strange_roles))
        click.echo(f"Roles that open nothing, for the catalogue does not have them: {names}")
    click.echo("Nothing was changed (dry run)." if dry_run else f"Imported, as of {imported.day}.")
