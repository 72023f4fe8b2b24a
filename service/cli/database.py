"""gatehouse db: the schema of the database."""

import click

from service.cli.shown import json_option, parts, print_json
from service.policy.revisions import active_digest
from service.settings import Settings
from service.wiring import prepare


@click.group()
def db() -> None:
    """The database."""


@db.command()
@json_option
@click.pass_obj
def upgrade(settings: Settings, as_json: bool) -> None:
    """Bring the database to this version's schema; an empty one takes the shipped policies."""
    wiring = parts()
    prepare(wiring, owner_url=settings.owner_url)
    with wiring.engine.connect() as connection:
        digest = active_digest(connection)
    if as_json:
        print_json({"status": "ready", "policy_digest": digest})
    else:
        click.echo(f"The database is ready; the active policy is {digest}.")
