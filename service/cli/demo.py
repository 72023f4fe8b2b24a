"""gatehouse demo: a world to try things in."""

import click

from service.cli.shown import NO, json_option, leave, parts, print_json, print_table, progress_bar
from service.clients import renew_client
from service.feed.demo import (
    Loaded,
    NotEmptyError,
    find_guests,
    find_host,
    has_people,
    load_demo,
)
from service.settings import Settings
from service.wiring import Wiring

_STEPS = 10
_SCOPES = ["gate", "subsystem", "auditor"]


@click.group()
def demo() -> None:
    """The demo world: real properties of Washington, DC, and invented people."""


@demo.command()
@click.option(
    "--if-empty", is_flag=True, help="Do nothing when the database holds people already."
)
@json_option
def load(if_empty: bool, as_json: bool) -> None:
    """Fill an empty database with the demo world, dated relative to today."""
    wiring = parts()
    with wiring.engine.connect() as connection:
        if if_empty and has_people(connection):
            return print_json({"loaded": False}) if as_json else None
    try:
        loaded = _load(wiring)
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
        token = renew_client(connection, "demo", _SCOPES, wiring.clock())
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


def _load(wiring: Wiring) -> Loaded:
    with progress_bar() as bar, wiring.engine.begin() as connection:
        task = bar.add_task("Demo world", total=_STEPS)
        return load_demo(
            connection,
            courts=wiring.courts,
            as_of=wiring.clock(),
            progress=lambda name: bar.update(task, advance=1, description=name),
        )
