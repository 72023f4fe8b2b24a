"""gatehouse demo: a world to try things in."""

from datetime import datetime

import click
from sqlalchemy import Connection

from service.cli.shown import NO, json_option, leave, parts, print_json, print_table, progress_bar
from service.clients import ClientError, add_client, renew_client
from service.feed.demo import (
    Loaded,
    NotEmptyError,
    has_people,
    load_demo,
    load_nation,
)
from service.feed.guests import find_guests, find_host
from service.feed.importing import Progress
from service.feed.nation import FEWEST, MOST
from service.settings import Settings
from service.wiring import Wiring

_STEPS = 10
_DEMO = "demo"
_SCOPES = ["gate", "subsystem", "auditor"]


@click.group()
def demo() -> None:
    """The demo world: real properties of Washington, DC, and invented people."""


@demo.command()
@click.option(
    "--if-empty", is_flag=True, help="Do nothing when the database holds people already."
)
@click.option(
    "--people",
    type=click.IntRange(FEWEST, MOST),
    metavar="N",
    help=f"Grow the world to a nation of N people ({FEWEST:,} to {MOST:,}).",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="With --people: another nation for another number.",
)
@json_option
def load(if_empty: bool, people: int | None, seed: int, as_json: bool) -> None:
    """Fill an empty database with the demo world, dated relative to today.

    With --people, with a nation of the same kind instead: a million people have 24,000 properties
    and 4,556 agents, as many with one, two or more as in Washington, and contract administrators
    and service bureaus beside them; fewer people have fewer of all. The same N, seed and day give
    the same nation.
    """
    wiring = parts()
    with wiring.engine.connect() as connection:
        if if_empty and has_people(connection):
            return print_json({"loaded": False}) if as_json else None
    try:
        loaded = _load(wiring) if people is None else _load_nation(wiring, people, seed)
    except NotEmptyError as error:
        leave(NO, f"demo load: {error}")
    counts = {name: change.added for name, change in loaded.spoken.changes.items()}
    if as_json:
        print_json({"day": loaded.today, "invented_window": loaded.invented_window, **counts})
        return
    click.echo("Loaded " + ", ".join(f"{n} {name}" for name, n in counts.items()) + ".")
    if loaded.invented_window:
        click.echo("No certification window is open today; the demo published an invented one.")


@demo.command()
def invite() -> None:
    """Print a fresh token of the client "demo", and calls to try it with."""
    wiring = parts()
    settings = click.get_current_context().find_object(Settings)
    with wiring.engine.begin() as connection:
        token = _token(connection, wiring.clock())
        guests = find_guests(connection, courts=wiring.courts, as_of=wiring.clock())
        host = find_host(connection, courts=wiring.courts, as_of=wiring.clock())
    at = f"http://{settings.bind if settings else ''}/v1"
    click.echo(f"Token: {token}\n\nTry it:")
    for guest in guests[:1]:
        body = f'{{"user_id": "{guest.user_id}", "entry": "{guest.entry}"}}'
        click.echo(
            f"curl -s {at}/logins -H 'Authorization: Bearer {token}'"
            f" -H 'Content-Type: application/json' -d '{body}'"
        )
    if host:
        click.echo(f"\nAs the coordinator {host}: who of the staff is locked for want of use?")
        click.echo(
            f"curl -s '{at}/reports/last-logins?locked_only=true'"
            f" -H 'Authorization: Bearer {token}' -H 'Gatehouse-Actor: {host}'"
        )
    click.echo("\nAsk about others too, and see why:")
    print_table(["ID", "DECISION", "REASON"], [(g.user_id, g.decision, g.reason) for g in guests])
    click.echo()


def _token(connection: Connection, now: datetime) -> str:
    """A token of the client "demo", which ends an earlier one."""
    try:
        return renew_client(connection, _DEMO, now, expires_on="", old_until="")
    except ClientError:
        pass
    try:
        return add_client(connection, _DEMO, _SCOPES, now)
    except ClientError as error:
        leave(NO, f"demo invite: {error}")


def _load(wiring: Wiring) -> Loaded:
    with progress_bar() as bar, wiring.engine.begin() as connection:
        task = bar.add_task("Demo world", total=_STEPS)
        return load_demo(
            connection,
            courts=wiring.courts,
            as_of=wiring.clock(),
            progress=lambda name: bar.update(task, advance=1, description=name),
        )


def _load_nation(wiring: Wiring, people: int, seed: int) -> Loaded:
    with progress_bar() as bar, wiring.engine.begin() as connection:
        inventing = bar.add_task("Inventing people", total=people)
        writing = bar.add_task("Writing", total=_STEPS)
        return load_nation(
            connection,
            people,
            seed=seed,
            courts=wiring.courts,
            as_of=wiring.clock(),
            progress=Progress(
                read=lambda _, done: bar.update(inventing, advance=done),
                write=lambda name: bar.update(writing, advance=1, description=f"Writing {name}"),
            ),
        )
