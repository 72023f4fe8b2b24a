"""gatehouse doctor."""

from collections.abc import Mapping

import click

from service.checks.house import examine
from service.cli.shown import NO, NO_ANSWER, YES, json_option, leave, print_json, print_table

NAME = "doctor"


@click.command(NAME)
@json_option
@click.pass_obj
def doctor_command(environment: Mapping[str, str], as_json: bool) -> None:
    """Look at configuration, database, policy, key and ledger: what is wrong, and the cure.

    Exit codes: 0 all is well; 1 something is wrong; 3 nothing could be asked, for the settings
    cannot be understood. What is noted only need not be mended. Run it as the service's user, with
    its environment; nothing is changed. /readyz of a running host says the same of what it needs.
    """
    found = list(examine(environment))
    well = all(each.state != "wrong" for each in found)
    if as_json:
        shown = [
            {"check": e.check, "state": e.state, "found": e.found, "cure": e.cure} for e in found
        ]
        print_json({"ok": well, "checks": shown})
    else:
        rows = [(e.check, e.state, f"{e.found}{f'; {e.cure}' if e.cure else ''}") for e in found]
        print_table(["CHECK", "STATE", "FOUND"], rows)
    if not well:
        leave(NO if len(found) > 1 else NO_ANSWER)
    leave(YES)
