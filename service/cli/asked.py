"""What commands ask with: a login as options, the day of the question, who gives the command."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, TypeVar

import click

from service.cli.shown import NO, leave
from service.clock import Clock
from service.core.calendar import Calendar
from service.core.inquiry import Inquiry
from service.core.language import LanguageError, read_day
from service.login.asked import BadlyAskedError
from service.login.calling import judge_call, why_not
from service.login.gather import gather_caller
from service.web.loading import load
from service.web.schemas import LoginSchema
from service.wiring import Wiring

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--entry", default="", help="The entry asked for, such as the menu's."),
    click.option("--system", default="", help="Another system instead of an entry."),
    click.option(
        "--property", "property_id", type=int, metavar="N", help="A property at the menu."
    ),
    click.option("--contract", "contract_number", metavar="N", help="A contract at the menu."),
    click.option("--day", default="", metavar="YYYY-MM-DD", help="Ask as of noon of that day."),
)


def login_options(command: _Command) -> _Command:
    """Give a command the options of a login."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def token_option(command: _Command) -> _Command:
    """Give a command the option --token, by which a person is known."""
    return click.option(
        "--token",
        envvar="GATEHOUSE_TOKEN",
        default="",
        help="Your token, better told in GATEHOUSE_TOKEN; asked for when a terminal is there.",
    )(command)


def by_token(wiring: Wiring, token: str, call: str) -> str:
    """The name of the client whose *token* this is; leaves unless the rules let it make *call*."""
    if not token and sys.stdin.isatty():
        token = click.prompt("Token", hide_input=True, err=True)
    now = wiring.clock()
    with wiring.reader.begin() as connection:
        digest, client = gather_caller(connection, token.strip())
        court = wiring.courts.of(digest, connection)
        today = court.book.calendar.day_of(now)
        decision = judge_call(court, client, call, today)
    if client is None or not decision.allowed:
        leave(NO, f"GATEHOUSE_TOKEN: {why_not(decision, client, court, call, today)}")
    wiring.uses.note(client.token_id, now)
    wiring.uses.write(wiring.engine)
    return client.name


def inquiry_of(asked: Mapping[str, Any]) -> Inquiry:
    """The question *asked* by options; raises BadlyAskedError with all that is wrong."""
    fields, errors = load(LoginSchema(), {k: v for k, v in asked.items() if v not in ("", None)})
    if errors:
        raise BadlyAskedError(errors)
    return Inquiry(**fields)


def as_of(day: str, clock: Clock, calendar: Calendar) -> datetime:
    """Noon of *day* in the calendar's zone; now when no day is given. Raises BadlyAskedError."""
    if not day:
        return clock()
    try:
        return datetime.combine(datetime.fromisoformat(read_day(day)), time(12), calendar.zone)
    except LanguageError as error:
        raise BadlyAskedError({"--day": [str(error)]}) from None
