"""gatehouse login: what would be decided, and why; records nothing."""

import click

from service.cli.asked import as_of, inquiry_of, login_options
from service.cli.shown import NO, WRONGLY_ASKED, YES, json_option, leave, parts, print_json
from service.login.answer import login_answer
from service.login.asked import BadlyAskedError
from service.login.consider import consider
from service.login.gather import active_court


@click.command()
@click.argument("user_id", metavar="ID")
@login_options
@json_option
def login(user_id: str, day: str, as_json: bool, **asked: str | int | None) -> None:
    """What would be decided about the person ID, and why; records nothing.

    Exit code 0 when the person would come in, 1 when not.
    """
    try:
        inquiry = inquiry_of({"user_id": user_id, **asked})
        wiring = parts()
        with wiring.reader.begin() as connection:
            calendar = active_court(connection, wiring.courts).book.calendar
            when = as_of(day, wiring.clock, calendar)
            considered = consider(connection, inquiry, courts=wiring.courts, as_of=when)
            answer = login_answer(connection, considered, when)
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(error, "login"))
    print_json(answer, indent=not as_json)
    leave(YES if considered.outcome.decision.allowed else NO)


def said(error: BadlyAskedError, command: str) -> str:
    """What is wrong with the question, a line for each field."""
    lines = [f"{command}: {f}: {each}" for f, every in error.errors.items() for each in every]
    return "\n".join(lines)
