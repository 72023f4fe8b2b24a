"""gatehouse login: what would be decided, and why."""

from datetime import datetime, time

import click
from sqlalchemy import Connection

from models.engine import reading
from service.cli.shown import NO, WRONGLY_ASKED, YES, json_option, leave, parts, print_json
from service.core.inquiry import Inquiry
from service.core.language import LanguageError, read_day
from service.login.answer import login_answer
from service.login.asked import BadlyAskedError
from service.login.consider import consider
from service.login.gather import active_court
from service.web.schemas import LoginSchema, load
from service.wiring import Wiring


@click.command()
@click.argument("user_id", metavar="ID")
@click.option("--entry", default="", help="The entry asked for, such as the menu's.")
@click.option("--system", default="", help="Another system instead of an entry.")
@click.option("--day", default="", metavar="YYYY-MM-DD", help="Ask as of noon of that day.")
@click.option("--property", "property_id", type=int, metavar="N", help="A property at the menu.")
@click.option("--contract", "contract_number", metavar="N", help="A contract at the menu.")
@json_option
def login(
    user_id: str,
    entry: str,
    system: str,
    day: str,
    property_id: int | None,
    contract_number: str | None,
    as_json: bool,
) -> None:
    """What would be decided about the person ID, and why; records nothing.

    Exit code 0 when the person would come in, 1 when not.
    """
    asked = {
        "user_id": user_id,
        "entry": entry,
        "system": system,
        "property_id": property_id,
        "contract_number": contract_number,
    }
    fields, errors = load(
        LoginSchema(), {name: v for name, v in asked.items() if v not in ("", None)}
    )
    if errors:
        leave(WRONGLY_ASKED, _said(BadlyAskedError(errors)))
    wiring = parts()
    with reading(wiring.engine).begin() as connection:
        as_of = _as_of(day, wiring, connection)
        try:
            inquiry = Inquiry(**fields)
            considered = consider(connection, inquiry, courts=wiring.courts, as_of=as_of)
        except BadlyAskedError as error:
            leave(WRONGLY_ASKED, _said(error))
        answer = login_answer(connection, considered, as_of)
    print_json(answer, indent=not as_json)
    leave(YES if considered.outcome.decision.allowed else NO)


def _said(error: BadlyAskedError) -> str:
    return "\n".join(f"login: {f}: {each}" for f, every in error.errors.items() for each in every)


def _as_of(day: str, wiring: Wiring, connection: Connection) -> datetime:
    if not day:
        return wiring.clock()
    zone = active_court(connection, wiring.courts).book.calendar.zone
    try:
        return datetime.combine(datetime.fromisoformat(read_day(day)), time(12), zone)
    except LanguageError as error:
        leave(WRONGLY_ASKED, f"login: --day: {error}")
