"""The entry of the command line, and what its exit codes mean."""

import os
import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from models.queue import QueueTimeoutError
from models.token_key import TokenKeyError
from service.cli import (
    clients,
    database,
    demo,
    doctor,
    feed,
    forecast,
    ledger,
    login,
    outlook,
    policy,
    reviewing,
    serve,
    windows,
)
from service.cli.shown import NO_ANSWER, WRONGLY_ASKED
from service.ledger.receipts import KeyFileError
from service.logs import begin
from service.serving import NotReadyError
from service.settings import SettingsError, settings_from


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gatehouse")
@click.pass_context
def gatehouse(context: click.Context) -> None:
    """Gatehouse: may this person come in, now?

    \b
    Exit codes: 0 yes; 1 the answer is no (locked, refused, failed); 2 asked wrongly;
    3 no answer could be had. The database is the one GATEHOUSE_DATABASE_URL names
    (default: SQLite in var/gatehouse.db).
    """
    if context.invoked_subcommand == doctor.NAME:
        context.obj = os.environ  # what is wrong there is for it to find
    else:
        context.obj = settings_from(os.environ)


for command in (
    serve.serve_command,
    doctor.doctor_command,
    database.db,
    demo.demo,
    feed.feed,
    clients.client,
    login.login,
    outlook.outlook_command,
    forecast.forecast_command,
    policy.policy,
    windows.window,
    ledger.ledger,
    reviewing.review,
):
    gatehouse.add_command(command)


def main() -> None:
    """Run the command line; anything unforeseen is exit code 3, said in one line."""
    begin()
    try:
        sys.exit(gatehouse(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(NO_ANSWER)
    except (SettingsError, KeyFileError, TokenKeyError, NotReadyError) as error:
        click.echo(f"gatehouse: {error}", err=True)
        sys.exit(WRONGLY_ASKED)
    except (SQLAlchemyError, QueueTimeoutError) as error:
        click.echo(f"gatehouse: the database did not answer: {_first_line(error)}", err=True)
        click.echo("`gatehouse db upgrade` brings it to this version's schema.", err=True)
        sys.exit(NO_ANSWER)
    except (LookupError, ValueError, OSError) as error:
        click.echo(f"gatehouse: {error}", err=True)
        sys.exit(NO_ANSWER)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
