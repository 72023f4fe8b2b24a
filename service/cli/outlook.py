"""gatehouse outlook: when and why each entry of a person locks if nothing is done."""

from typing import Any

import click
from marshmallow import ValidationError

from service.cli.asked import as_of
from service.cli.login import said
from service.cli.shown import WRONGLY_ASKED, json_option, leave, parts, print_json, print_table
from service.core.language import LanguageError, read_day
from service.login.asked import BadlyAskedError
from service.login.gather import active_court
from service.login.outlook.answer import outlook
from service.web.loading import read_person_id

_DAY = "YYYY-MM-DD"


@click.command("outlook")
@click.argument("user_id", metavar="ID")
@click.option("--until", default="", metavar=_DAY, help="The last day (default: 400 days).")
@click.option("--day", default="", metavar=_DAY, help="As seen from that day, not from today.")
@json_option
def outlook_command(user_id: str, until: str, day: str, as_json: bool) -> None:
    """When and why each entry locks for the person ID if nothing is done.

    Found by the rules themselves, moving the day: no login, no request, no acceptance, no new
    policies. Records nothing.
    """
    wiring = parts()
    try:
        person, last = _asked(user_id, until)
        with wiring.reader.begin() as connection:
            calendar = active_court(connection, wiring.courts).book.calendar
            when = as_of(day, wiring.clock, calendar)
            found = outlook(connection, person, courts=wiring.courts, as_of=when, until=last)
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(error, "outlook"))
    if as_json:
        print_json(found)
    else:
        _tell(found)


def _asked(user_id: str, until: str) -> tuple[str, str]:
    try:
        return read_person_id(user_id), read_day(until) if until else ""
    except ValidationError as error:
        raise BadlyAskedError({"ID": [str(each) for each in error.messages]}) from None
    except LanguageError as error:
        raise BadlyAskedError({"--until": [str(error)]}) from None


def _tell(found: dict[str, Any]) -> None:
    rows = [
        (each["entry"], each["decision"], each["locks_on"] or "", _why(each))
        for each in found["entries"]
    ]
    print_table(("entry", "today", "locks on", "because"), rows)
    click.echo(f"\n{found['user_id']}, up to {found['until']}, if nothing is done.")


def _why(entry: dict[str, Any]) -> str:
    return "; ".join(f"{each['code']}: {each['meaning']}" for each in entry["reasons"])
