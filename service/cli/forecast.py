"""gatehouse forecast: when everybody's entries lock if nothing is done."""

import csv
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, TextIO

import click
from sqlalchemy import Engine

from service.cli.asked import as_of
from service.cli.login import said
from service.cli.looking import STRETCH, look_through
from service.cli.shown import (
    WRONGLY_ASKED,
    json_option,
    leave,
    parts,
    print_json,
    print_table,
)
from service.cli.writing import HERE, opened
from service.core.rulebook import read_rulebook
from service.login.asked import BadlyAskedError
from service.login.everybody import stretches_of_people
from service.login.outlook.answer import last_day
from service.login.outlook.forecast import Forecast, Locking, Share, Sum
from service.login.stretch import Stretch
from service.policy.candidate import active_texts
from service.wiring import Wiring

_DAY = "YYYY-MM-DD"
_SHOWN = 20
_COLUMNS = ("person_id", "organisation", "coordinators", "entry", "day", "reason", "reasons")
_Shares = Mapping[tuple[str, str], Share]


@click.command("forecast")
@click.option("--until", default="", metavar=_DAY, help="The last day (default: 400 days).")
@click.option("--day", default="", metavar=_DAY, help="As seen from that day, not from today.")
@click.option(
    "--csv", "csv_file", default="", metavar="FILE", help="Write each entry's lock; `-`: here."
)
@json_option
def forecast_command(until: str, day: str, csv_file: str, as_json: bool) -> None:
    """When everybody's entries lock if nothing is done: the outlook of everybody.

    Counts people for each day and reason; whoever is locked already counts today. Then who of
    which coordinator and which organisation. Records nothing.
    """
    wiring = parts()
    try:
        forecast, stretches = _forecast(wiring, day, until)
        found = _look(forecast, stretches, wiring.engine, csv_file)
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(error, "forecast"))
    if as_json:
        print_json({"from": forecast.first, "until": forecast.last, **_plain(found)})
    elif csv_file != HERE:
        _tell(found, forecast)


def _forecast(wiring: Wiring, day: str, until: str) -> tuple[Forecast, list[Stretch]]:
    """What is asked, and everybody it is about."""
    with wiring.reader.begin() as connection:
        _, texts = active_texts(connection)
        calendar = read_rulebook(texts).calendar
        first = calendar.day_of(as_of(day, wiring.clock, calendar))
        last = last_day(first, until)
        return Forecast(texts, first, last), stretches_of_people(connection, STRETCH)


def _look(forecast: Forecast, stretches: list[Stretch], engine: Engine, csv_file: str) -> Sum:
    """See everybody, write each lock where it is asked for, and count."""
    found = Sum()
    with ExitStack() as stack:
        write = _writer(csv_file, stack)
        for stretch, seen in look_through("Forecast", forecast, stretches, engine):
            found.looked_at += stretch.rows
            for lockings in seen:
                found.add(lockings)
                for each in lockings:
                    write(each)
    return found


def _writer(csv_file: str, stack: ExitStack) -> Callable[[Locking], object]:
    if not csv_file:
        return lambda _: None
    file: TextIO = sys.stdout if csv_file == HERE else stack.enter_context(opened(csv_file))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    return lambda each: writer.writerow(_cells(each))


def _cells(each: Locking) -> tuple[str, ...]:
    whose = " ".join(each.coordinators)
    more = (each.entry, each.day, each.reason, " ".join(each.reasons))
    return (each.person_id, each.organisation, whose, *more)


def _plain(found: Sum) -> dict[str, Any]:
    days = [
        {"day": day, "reason": reason, "people": people, "entries": found.entries[day, reason]}
        for (day, reason), people in sorted(found.days.items())
    ]
    return {
        "people": found.looked_at,
        "locked": found.locked,
        "days": days,
        "coordinators": _shares("coordinator", found.coordinators),
        "organisations": _shares("organisation", found.organisations),
    }


def _shares(what: str, shares: _Shares) -> list[dict[str, Any]]:
    return [
        {what: whose, "reason": reason, "people": each.people, "first_day": each.first_day}
        for (whose, reason), each in sorted(shares.items(), key=_most_first)
    ]


def _most_first(item: tuple[tuple[str, str], Share]) -> tuple[int, tuple[str, str]]:
    return -item[1].people, item[0]


def _tell(found: Sum, forecast: Forecast) -> None:
    days = _plain(found)["days"]
    print_table(
        ("day", "reason", "people", "entries"),
        [(d["day"], d["reason"], str(d["people"]), str(d["entries"])) for d in days[:_SHOWN]],
    )
    _more(len(days))
    for what, shares in (
        ("coordinator", found.coordinators),
        ("organisation", found.organisations),
    ):
        _tell_shares(what, shares)
    click.echo(
        f"\n{found.locked} of {found.looked_at} people are locked out of an entry, from"
        f" {forecast.first} up to {forecast.last}, if nothing is done."
    )


def _tell_shares(what: str, shares: _Shares) -> None:
    rows = _shares(what, shares)
    click.echo()
    print_table(
        (what, "reason", "people", "first on"),
        [(r[what] or "-", r["reason"], str(r["people"]), r["first_day"]) for r in rows[:_SHOWN]],
    )
    _more(len(rows))


def _more(rows: int) -> None:
    if rows > _SHOWN:
        click.echo(f" ... and {rows - _SHOWN} more: --json")
