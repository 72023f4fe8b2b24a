"""gatehouse policy who-can: everybody who may do something today, by the judge that decides it."""

from datetime import datetime
from typing import Any

import click

from service.cli.login import said
from service.cli.shown import (
    WRONGLY_ASKED,
    json_option,
    leave,
    parts,
    print_json,
    print_table,
    progress_bar,
)
from service.login.asked import BadlyAskedError
from service.login.gather import active_court
from service.policy.active import Court
from service.recertification.able.judging import Able
from service.recertification.able.looking import WhoCan, how_many
from service.recertification.able.question import Question
from service.web.loading import load
from service.web.review_schemas import WhoCanQuery
from service.wiring import Wiring

#: So many people are looked at in one transaction.
_STRETCH = 2_000
_OPTIONS = {"user_id": "--user", "property_id": "--property", "entry": "--entry"}


@click.command("who-can")
@click.argument("action")
@click.option("--user", "user_id", default="", metavar="ID", help="Do it to this person.")
@click.option("--property", "property_id", default="", metavar="N", help="At this property.")
@click.option("--entry", default="", metavar="E", help="Come in at this entry.")
@json_option
def who_can_command(action: str, as_json: bool, **asked: str) -> None:
    """Who may do ACTION today; everybody in the database is judged.

    ACTION is login (at which entries; with --property at the menu with it), open_property, or what
    is done in the Recertification subsystem, by the name of its rule file: unlock, certify and so
    on. With --user those are listed who may do it to that person: flag or take back at least one
    role or action. Without --user, whoever may do it to anybody at all: those to whom the menu
    shows it. Records nothing.
    """
    wiring = parts()
    try:
        question = _question(action, asked)
        with wiring.reader.begin() as connection:
            court = active_court(connection, wiring.courts)
            as_of = wiring.clock()
            total = how_many(connection)
            found = WhoCan(connection, question, court, as_of)
    except BadlyAskedError as error:
        told = {_OPTIONS.get(name, name): each for name, each in error.errors.items()}
        leave(WRONGLY_ASKED, said(BadlyAskedError(told), "policy who-can"))
    able = _look(wiring, found, total)
    if as_json:
        print_json(_document(question, court, as_of, able))
    else:
        _tell(able, total)


def _question(action: str, asked: dict[str, str]) -> Question:
    given = {name: text for name, text in asked.items() if text}
    fields, errors = load(WhoCanQuery(), {"action": action, **given})
    if errors:
        raise BadlyAskedError(errors)
    del fields["limit"]
    return Question(**fields)


def _look(wiring: Wiring, who_can: WhoCan, total: int) -> list[Able]:
    """Everybody who can, in the order of the IDs."""
    able: list[Able] = []
    after: str | None = ""
    with progress_bar() as bar:
        task = bar.add_task("People", total=total)
        while after is not None:
            with wiring.reader.begin() as connection:
                looked = who_can.look(connection, after, _STRETCH, _STRETCH)
            able += looked.able
            after = looked.through
            bar.update(task, advance=looked.people)
    return able


def _document(
    question: Question, court: Court, as_of: datetime, able: list[Able]
) -> dict[str, Any]:
    told = {"policy_digest": court.book.digest, "as_of": as_of}
    return {"question": question, **told, "people": able}


def _tell(able: list[Able], total: int) -> None:
    if able:
        headings = ["ID", "ENTRIES"] if able[0].entries else ["ID"]
        rows = ([each.user_id, ", ".join(each.entries)] for each in able)
        print_table(headings, (row[: len(headings)] for row in rows))
    click.echo(f"{len(able):,} of {total:,} people.")
