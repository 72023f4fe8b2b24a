"""gatehouse ledger export --evidence: the evidence of one certification window, in a folder."""

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import Connection

from service.cli.evidence_writing import MANIFEST, Row, Writer
from service.cli.login import said
from service.cli.shown import NO, WRONGLY_ASKED, leave, parts, print_json, progress_bar
from service.ledger.exporting import ExportError
from service.login.asked import BadlyAskedError
from service.login.gather import active_court
from service.policy.active import Court
from service.recertification.evidence.calls import calls_of
from service.recertification.evidence.due import certified, due
from service.recertification.evidence.locked import locked
from service.recertification.evidence.removed import ended, taken
from service.recertification.evidence.window import Of, everybody, how_many, window_named
from service.recertification.recorded import recorded


def export_evidence(name: str, folder: Path, *, as_json: bool) -> None:
    """Write the evidence of the window *name* to *folder*, which is empty or not there."""
    wiring = parts()
    try:
        _check_empty(folder)
        with wiring.reader.begin() as connection:
            court, as_of = active_court(connection, wiring.courts), wiring.clock()
            today = court.book.calendar.day_of(as_of)
            of = window_named(name, court.book.calendar, today)
            with Writer(folder, connection, court) as writer:
                for row in _rows(connection, of, court, today):
                    writer.add(row)
                for each in locked(connection, of, court, wiring.courts):
                    writer.add(each)
                writer.keep(recorded(connection, of.population, of.window).entries)
                writer.finish(of, as_of)
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(error, "ledger export"))
    except ExportError as error:
        leave(NO, f"ledger export: {error}")
    _tell(of, folder, writer, as_json=as_json)


def _rows(connection: Connection, of: Of, court: Court, today: str) -> Iterator[Row]:
    """The rows of coordinators' calls, and of everybody the window was for."""
    calls = calls_of(connection, of, court.book.calendar)
    yield from ended(calls)
    with progress_bar() as bar:
        task = bar.add_task(of.name, total=how_many(connection, of, court))
        for person in everybody(connection, of, court):
            yield from due(person, of, court)
            yield from certified(person, of, calls)
            yield from taken(person, of, calls, today)
            bar.update(task, advance=1)


def _check_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadlyAskedError({str(folder): ["expected a folder that is empty or not there"]})


def _tell(of: Of, folder: Path, writer: Writer, *, as_json: bool) -> None:
    if as_json:
        print_json({"window": of.name, "folder": str(folder), "rows": dict(writer.rows)})
        return
    told = ", ".join(f"{number} {table}" for table, number in writer.rows.items())
    click.echo(f"{of.name}: {told}; every file is named in {folder / MANIFEST}.")
