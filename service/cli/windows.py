"""gatehouse window: what ended with a certification window, recorded once it has closed."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import click

from service.cli.shown import json_option, parts, print_json, print_table, progress_bar
from service.recertification.closing import Looked, Reached, closings, how_many, look, record
from service.recertification.ended import together
from service.recertification.recorded import Closing, recorded
from service.wiring import Wiring

_SHOWN = 20
_LISTS = {
    "removed": "Roles removed",
    "closed_out": "Requests closed out",
    "uncertified": "Left uncertified",
}
_Tell = Callable[[int], None]


@click.group()
def window() -> None:
    """The certification windows."""


@window.command()
@click.option("--dry-run", is_flag=True, help="Look at everybody; record nothing.")
@json_option
def close(dry_run: bool, as_json: bool) -> None:
    """Record what ended with the windows that have closed.

    Roles that flags took, requests that are closed out, and who is left uncertified. The gate
    waits for none of it: it goes by the calendar. A run that was killed is taken up by the next
    one; many hosts may run it at once, and nothing is recorded twice.
    """
    wiring = parts()
    with wiring.reader.begin() as connection:
        found = closings(connection, courts=wiring.courts, as_of=wiring.clock())
    done = [each if each.finished_at else _closed(wiring, each, dry_run) for each in found]
    new = [each for each, before in zip(done, found, strict=True) if not before.finished_at]
    if as_json:
        windows = [{**_plain(each), "already": each not in new} for each in done]
        print_json({"dry_run": dry_run, "windows": windows})
    elif new:
        _show(new, dry_run)
    else:
        click.echo(f"Nothing to close: {_why(found)}.")


def _closed(wiring: Wiring, closing: Closing, dry_run: bool) -> Closing:
    with progress_bar() as bar:
        with wiring.reader.begin() as connection:
            total = how_many(connection, closing, courts=wiring.courts)
        task = bar.add_task(closing.name, total=total, completed=closing.ended.people)
        work = try_all if dry_run else close_all
        return work(wiring, closing, lambda people: bar.update(task, completed=people))


def close_all(wiring: Wiring, closing: Closing, tell: _Tell) -> Closing:
    """Record what ended, with or after whoever else does; what is recorded in the end."""
    reached = Reached(closing.ended.through, closing.ended.people)
    while not reached.finished:
        looked = _look(wiring, closing, reached.through)
        with wiring.engine.begin() as connection:
            reached = record(connection, closing, looked)
        tell(reached.people)
    with wiring.reader.begin() as connection:
        return recorded(connection, closing.population, closing.window)


def try_all(wiring: Wiring, closing: Closing, tell: _Tell) -> Closing:
    """What would be recorded in the end; changes nothing."""
    ended = [closing.ended]
    while (more := _look(wiring, closing, ended[-1].through).ended).people:
        ended.append(more)
        tell(sum(each.people for each in ended))
    return replace(closing, ended=together(ended))


def _look(wiring: Wiring, closing: Closing, after: str) -> Looked:
    with wiring.reader.begin() as connection:
        return look(connection, closing, after, courts=wiring.courts, as_of=wiring.clock())


def _plain(closing: Closing) -> dict[str, Any]:
    ended = asdict(closing.ended)
    del ended["through"]
    return {
        "population": closing.population,
        **asdict(closing.window),
        "finished_at": closing.finished_at,
        **ended,
        "entries": closing.entries,
    }


def _why(found: list[Closing]) -> str:
    if not found:
        return "no certification window has closed yet"
    names = "; ".join(each.name for each in found)
    return f"what ended is recorded already, and --json shows it ({names})"


def _show(closings: list[Closing], dry_run: bool) -> None:
    rows = [(each.name, *map(str, each.ended.counts.values())) for each in closings]
    print_table(["WINDOW", "PEOPLE", *(n.upper().replace("_", " ") for n in _LISTS)], rows)
    for closing in closings:
        click.echo(f"\n{closing.name}")
        for name, heading in _LISTS.items():
            click.echo(f"  {heading}: {_some(getattr(closing.ended, name))}")
        if not dry_run:
            number, last = len(closing.entries), closing.entries[-1]
            click.echo(f"  Recorded in {number} entries of the ledger, the last of them {last}")
    click.echo("\n--json shows everybody." + " Nothing was recorded (dry run)." * dry_run)


def _some(rows: list[Any]) -> str:
    """The first of the people *rows* are about."""
    ids = list(dict.fromkeys(row if isinstance(row, str) else row[0] for row in rows))
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more if ids else "nobody"
