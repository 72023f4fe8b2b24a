"""gatehouse ledger: verify, export and seal the record."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from service.cli.decisions import decisions_command
from service.cli.evidence import export_evidence
from service.cli.replaying import replay_command
from service.cli.shown import (
    NO,
    WRONGLY_ASKED,
    YES,
    json_option,
    leave,
    parts,
    print_json,
    progress_bar,
)
from service.cli.verifying import told, verified, verified_in, watched
from service.core.language import LanguageError, read_day
from service.ledger.checkpoints import newest_note
from service.ledger.exporting import ExportError, export, exported, exported_origin
from service.ledger.held_to import EvidenceError, gathered
from service.ledger.outside import Folder
from service.ledger.reading import how_many
from service.ledger.receipts import read_signer
from service.ledger.sealing import head
from service.ledger.searching import first_id
from service.ledger.verify import Verdict
from service.sealer.giving import give_out
from service.sealer.work import seal_all
from service.settings import Settings
from service.wiring import outside, signing_key

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def ledger() -> None:
    """The ledger: every decision, operation, publication and import, and the proof of it."""


ledger.add_command(replay_command)
ledger.add_command(decisions_command)


@ledger.command("verify")
@click.option("--export", "file", type=_FILE, help="Verify this export, not the database.")
@click.option(
    "--checkpoints",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Hold it to these checkpoints (default: where the service keeps them).",
)
@click.option(
    "--keys",
    type=_FILE,
    metavar="FILE",
    help="Public keys, as /v1/ledger/keys gives them (default: those beside the checkpoints).",
)
@click.option(
    "--receipts",
    type=_FILE,
    metavar="FILE",
    help="Answers or receipts that somebody held, a JSON document on each line.",
)
@click.option(
    "--archived-before", default="", metavar="DAY", help="Entries from before it may be archived."
)
@json_option
def verify_command(
    file: Path | None,
    checkpoints: Path | None,
    keys: Path | None,
    receipts: Path | None,
    archived_before: str,
    as_json: bool,
) -> None:
    """Is the ledger what it was? Says so, or names the first entry that is not.

    Works while it is served, too. What no checkpoint covers yet is held to its signature. Where
    the partitions of old months were detached, --archived-before says up to when: those entries
    may be gone, their leaves may not. Exit code 0 when it is intact, 1 when not.
    """
    settings = click.get_current_context().find_object(Settings)
    assert settings is not None
    folder = Folder(checkpoints) if checkpoints else outside(settings)
    try:
        found = (
            _of_export(file, folder, keys, receipts)
            if file
            else _of_database(folder, keys, receipts, _id_of(archived_before))
        )
    except (EvidenceError, ExportError, OSError) as error:
        leave(WRONGLY_ASKED, f"ledger verify: {error}")
    if as_json:
        print_json({"intact": found.intact, **_plain(found)})
    else:
        _tell(found)
    leave(YES if found.intact else NO)


@ledger.command("export")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE|DIR")
@click.option("--evidence", default="", metavar="WINDOW", help="Of one window, into DIR.")
@json_option
def export_command(file: Path, evidence: str, as_json: bool) -> None:
    """Write every entry to FILE, for somebody else to verify; the format is in the README.

    With --evidence: the evidence of one certification window into the empty DIR, such as of
    external-2025 (or by its first day): who was due, who certified whom, what was removed, which
    logins were locked for it; the rulebooks, entries, proofs, checkpoints, keys and a manifest.
    """
    if evidence:
        export_evidence(evidence, file, as_json=as_json)
        return
    with (
        parts().reader.begin() as connection,
        progress_bar() as bar,
        file.open("x", encoding="utf-8", newline="\n") as out,
    ):
        task = bar.add_task("Entries", total=how_many(connection))
        try:
            written = sum(1 for _ in watched(export(connection, out), bar, task))
        except ExportError as error:
            leave(NO, f"ledger export: {error}")
    if as_json:
        print_json({"entries": written, "file": str(file)})
    else:
        click.echo(f"{written} entries.")


@ledger.command("checkpoint")
@json_option
def checkpoint_command(as_json: bool) -> None:
    """Seal what waits, and print the newest checkpoint; a young one is not made again."""
    settings = click.get_current_context().find_object(Settings)
    assert settings is not None
    wiring, signer = parts(), read_signer(signing_key(settings))
    folder = outside(settings)
    seal_all(wiring.engine)
    give_out(wiring.engine, signer, wiring.clock, folder)
    with wiring.reader.begin() as connection:
        note, tree = newest_note(connection), head(connection)
    if as_json:
        print_json({"note": note, "origin": tree.origin, "size": tree.peaks.size})
    else:
        click.echo(note, nl=False)


def _of_database(
    folder: Folder | None, keys: Path | None, receipts: Path | None, archived: str
) -> Verdict:
    reader = parts().reader
    with reader.begin() as connection:
        held_to = gathered(connection, head(connection).origin, folder, keys, receipts)
    with reader.begin() as connection:  # a later moment: it has whatever is held to it
        return verified_in(connection, replace(held_to, archived=archived))


def _of_export(
    file: Path, folder: Folder | None, keys: Path | None, receipts: Path | None
) -> Verdict:
    held_to = gathered(None, exported_origin(file), folder, keys, receipts)
    with file.open("rb") as lines:
        total = sum(1 for _ in lines) - 1
    return verified(lambda: exported(file), held_to, total)


def _id_of(day: str) -> str:
    """What ids made on *day* (UTC) or later are not below; '' for no day."""
    if not day:
        return ""
    try:
        read_day(day)
    except LanguageError as error:
        leave(WRONGLY_ASKED, f"ledger verify: --archived-before: {error}")
    return first_id(datetime.fromisoformat(day).replace(tzinfo=UTC))


def _plain(found: Verdict) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(orjson.dumps(found))
    return document


def _tell(found: Verdict) -> None:
    if found.damage is not None:
        click.echo(f"Not intact: {told(found.damage)}.")
        return
    click.echo(
        f"Intact: {found.entries} entries, {found.covered} covered by {found.checkpoints}"
        f" checkpoints, {found.receipts} receipts."
    )
    if found.archived:
        click.echo(f"Archived: {found.archived} of them are known by their leaves alone.")
    behind = found.signed + found.unsigned
    if behind:
        click.echo(
            f"Not covered yet: {behind}; {found.signed} hold by their signature,"
            f" {found.unsigned} have none."
        )
