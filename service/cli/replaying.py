"""gatehouse ledger replay: decisions derived again from their record."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
import orjson
from sqlalchemy import Connection

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
from service.core.findings import RulebookError
from service.ledger.searching import Search, how_many, oldest_first
from service.policy.active import Court, Courts, court_of
from service.policy.named import texts_named
from service.recertification.replay import KINDS, Difference, replay

_EVERY, _SHOWN = 500, 20
_INSTANT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])


@click.command("replay")
@click.option("--from", "first", type=_INSTANT, help="Only decisions from then on.")
@click.option("--to", "last", type=_INSTANT, help="Only decisions before then.")
@click.option("--with", "name", default="", metavar="A", help="Derive by these policies instead.")
@json_option
def replay_command(
    first: datetime | None, last: datetime | None, name: str, as_json: bool
) -> None:
    """Derive every recorded decision again from its evidence.

    By the rulebook it was made by each must come out exactly as it was recorded; with --with (a
    folder, digest or git revision) the decisions that would be others are listed. Exit code 0
    when all are equal.
    """
    wiring = parts()
    with wiring.reader.begin() as connection:
        try:
            other = court_of(texts_named(name, connection)) if name else None
        except RulebookError as error:
            leave(WRONGLY_ASKED, f"ledger replay: {error}")
        since, until = (each.astimezone() if each else None for each in (first, last))
        search = Search(kinds=KINDS, since=since, until=until)
        total = how_many(connection, search)
        found = list(_replayed(connection, search, total, wiring.courts, other))
    if as_json:
        print_json({"decisions": total, "differences": found})
    else:
        _tell(total, found)
    leave(NO if found else YES)


def _replayed(
    connection: Connection, search: Search, total: int, courts: Courts, other: Court | None
) -> Iterator[Difference]:
    with progress_bar() as bar:
        task = bar.add_task("Decisions", total=total)
        for number, entry in enumerate(oldest_first(connection, search), 1):
            yield from replay(entry, other or courts.of(entry["digest"], connection))
            if number % _EVERY == 0:
                bar.update(task, completed=number)


def _tell(total: int, found: list[Difference]) -> None:
    for each in found[:_SHOWN]:
        click.echo(
            f"{each.entry_id}: {each.field}: recorded {_short(each.recorded)},"
            f" derived {_short(each.derived)}"
        )
    if len(found) > _SHOWN:
        click.echo(f"and {len(found) - _SHOWN} more: --json")
    others = len({each.entry_id for each in found})
    told = f"{others} of them otherwise" if others else "all equal"
    click.echo(f"{total} decisions derived again, {told}.")


def _short(value: Any) -> str:
    return orjson.dumps(value).decode()
