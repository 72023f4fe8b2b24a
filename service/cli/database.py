"""gatehouse db: the schema of the database, who may read it, and moving it to PostgreSQL."""

import click

from models.engine import open_engine
from models.reader import ReaderError, grant_reading
from models.schema import at_head
from service.cli.copying import copy_command
from service.cli.shown import WRONGLY_ASKED, json_option, leave, parts, print_json
from service.policy.revisions import active_digest
from service.settings import Settings
from service.wiring import begin_token_key, prepare


@click.group()
def db() -> None:
    """The database."""


db.add_command(copy_command)


@db.command()
@json_option
@click.pass_obj
def upgrade(settings: Settings, as_json: bool) -> None:
    """Bring the database to this version's schema; an empty one takes the shipped policies."""
    wiring = parts()
    begin_token_key(settings, wiring)
    prepare(wiring, owner_url=settings.owner_url)
    with wiring.engine.connect() as connection:
        digest = active_digest(connection)
    if as_json:
        print_json({"status": "ready", "policy_digest": digest})
    else:
        click.echo(f"The database is ready; the active policy is {digest}.")


@db.command()
@click.argument("role")
@json_option
@click.pass_obj
def reader(settings: Settings, role: str, as_json: bool) -> None:
    """Let ROLE of PostgreSQL read what a reviewer needs, and do nothing else.

    It reads every table but the answers kept for who asks again, and of clients no token's
    digest; that is enough for `ledger verify`, `ledger export`, `review` and `policy impact` with
    its URL in GATEHOUSE_DATABASE_URL. Run it as the owner (GATEHOUSE_OWNER_URL), again after an
    upgrade. ROLE must exist and have no other rights: CREATE ROLE auditor LOGIN.
    """
    owner = open_engine(settings.owner_url or settings.database_url)
    try:
        with owner.begin() as connection:
            if not at_head(connection):
                raise ReaderError("the schema is not this version's; run `gatehouse db upgrade`")
            tables = grant_reading(connection, role)
    except ReaderError as error:
        leave(WRONGLY_ASKED, f"db reader: {error}")
    finally:
        owner.dispose()
    if as_json:
        print_json({"role": role, "reads": tables})
    else:
        click.echo(f"{role} may read {len(tables)} tables, and nothing else.")
