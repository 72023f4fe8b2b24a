"""gatehouse policy: from an edited folder to the rules that count."""

import click

from service.cli.checking import check_command
from service.cli.differing import diff_command
from service.cli.explaining import explain_command
from service.cli.impact import impact_command
from service.cli.publishing import (
    activate_command,
    approve_command,
    publish_command,
    rollback_command,
)
from service.cli.revisions import history_command, show_command
from service.cli.shown import json_option, print_json
from service.cli.testing import test_command
from service.cli.who_can import who_can_command
from service.core.actions import ACTIONS, declared, facts_table


@click.group()
def policy() -> None:
    """Policies: the rules, reasons, calendar and catalogue."""


for command in (
    check_command,
    test_command,
    diff_command,
    impact_command,
    explain_command,
    who_can_command,
    publish_command,
    approve_command,
    activate_command,
    rollback_command,
    history_command,
    show_command,
):
    policy.add_command(command)


@policy.command()
@json_option
def facts(as_json: bool) -> None:
    """List every fact a rule may use, for each action: its unit and its meaning."""
    known = {action: list(declared(action).values()) for action in ACTIONS}
    if as_json:
        print_json(known)
    else:
        click.echo(facts_table())
