"""gatehouse policy history and show: what was done with revisions, and what one says."""

from pathlib import Path
from typing import Any

import click

from service.cli.shown import NO, WRONGLY_ASKED, json_option, leave, parts, print_json, print_table
from service.policy.history import Published, described, moves, published
from service.policy.named import ACTIVE, digest_named

_SHORT, _SHOWN = 12, 10


@click.command("history")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
def history_command(limit: int, as_json: bool) -> None:
    """Which revisions counted, since when and why; and what was published, with its approvals."""
    with parts().reader.begin() as connection:
        moved = moves(connection, limit=limit)
        wished = published(connection, limit=limit)
    if as_json:
        return print_json({"activations": moved, "publications": wished})
    print_table(
        ["COUNTS SINCE", "REVISION", "INSTEAD OF", "HOW", "BY", "NOTE"],
        [
            (_time(m.activated_at), m.digest[:_SHORT], m.replaces[:_SHORT], m.how, m.by, m.note)
            for m in moved
        ],
    )
    if wished:
        click.echo()
        _print_published(wished)
    return None


@click.command("show")
@click.argument("name", metavar="[REVISION]", default=ACTIVE)
@click.option("--file", "path", default="", metavar="PATH", help="Print this file of it alone.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write its files to a new folder, to edit and publish.",
)
@json_option
def show_command(name: str, path: str, folder: Path | None, as_json: bool) -> None:
    """What the stored REVISION says (a digest or its beginning; default: the active one)."""
    with parts().reader.begin() as connection:
        found = described(connection, digest_named(name, connection))
    if found is None:
        leave(WRONGLY_ASKED, f"policy show: {name}: expected a stored revision's digest")
    texts = found["texts"]
    if folder is not None:
        _write(texts, folder)
    if path:
        if path not in texts:
            leave(NO, f"policy show: it has no {path}; it has {', '.join(texts)}")
        click.echo(texts[path], nl=False)
    elif as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    texts, wished = found["texts"], found["publications"]
    click.echo(f"{found['digest']}{' (active)' if found['active'] else ''}")
    click.echo(f"{len(texts)} files: {', '.join(texts)}")
    _print_published(wished)
    for each in wished[:1]:
        _print_report(each.report)


def _print_report(report: dict[str, Any]) -> None:
    """What was found when it was published, for whoever is to approve it."""
    for sentence in report.get("why", []):
        click.echo(f"may change: {sentence}")
    scenarios, impact = report.get("scenarios"), report.get("impact")
    if scenarios:
        click.echo(f"scenarios: {scenarios['passed']} passed, {scenarios['failed']} failed")
        for failure in scenarios["failures"][:_SHOWN]:
            click.echo(f"  {failure}")
    if impact:
        looked_at, flipped = impact["looked_at"], impact["flipped"]
        click.echo(f"impact: {flipped:,} of {looked_at:,} people decided otherwise that day")


def _write(texts: dict[str, str], folder: Path) -> None:
    if folder.exists():
        leave(WRONGLY_ASKED, f"policy show: {folder}: expected a folder that is not there yet")
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def _print_published(wished: list[Published]) -> None:
    rows = [
        (
            _time(each.published_at),
            each.digest[:_SHORT],
            each.replaces[:_SHORT],
            each.author,
            "may change" if each.changes else "texts alone",
            ", ".join(consent.approver for consent in each.approvals),
            each.note,
        )
        for each in wished
    ]
    headings = ["PUBLISHED", "REVISION", "TO REPLACE", "BY", "DECISIONS", "APPROVED BY", "NOTE"]
    if rows:
        print_table(headings, rows)


def _time(moment: Any) -> str:
    return str(moment.isoformat(sep=" ", timespec="seconds"))
