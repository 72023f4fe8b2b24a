"""gatehouse ledger decisions: what was decided, the newest first, in words."""

import click
from rich.markup import escape

from service.cli.login import said
from service.cli.shown import (
    WRONGLY_ASKED,
    json_option,
    leave,
    parts,
    print_json,
    print_table,
)
from service.login.asked import BadlyAskedError
from service.login.gather import active_court
from service.recertification.review.decisions import Made, decisions
from service.recertification.review.paging import page_of
from service.recertification.review.span import between
from service.web.loading import load
from service.web.review_schemas import DecisionsQuery

_SHOWN = 50
_MOMENT = "DAY|INSTANT"


@click.command("decisions")
@click.option("--user", "user_id", default="", metavar="ID", help="About this person.")
@click.option("--from", "from", default="", metavar=_MOMENT, help="Made from then on.")
@click.option(
    "--to", default="", metavar=_MOMENT, help="Up to the end of the day, or before then."
)
@click.option("--outcome", default="", help="allow, lock, done or refused.")
@click.option("--reason", default="", metavar="CODE", help="With this first reason.")
@click.option(
    "--limit", type=click.IntRange(1), default=_SHOWN, show_default=True, help="So many at most."
)
@json_option
def decisions_command(limit: int, as_json: bool, **asked: str) -> None:
    """Every decision, the newest first, with each reason in the words of its own rulebook.

    Logins, acceptances of the Rules of Behavior and the calls of coordinators; an unlock of
    several people is found by each of them.
    """
    wiring = parts()
    try:
        fields, errors = load(DecisionsQuery(), {n: text for n, text in asked.items() if text})
        if errors:
            raise BadlyAskedError(errors)
        with wiring.reader.begin() as connection:
            zone = active_court(connection, wiring.courts).book.calendar.zone
            search = between(fields, zone)
            found, more = page_of(decisions(connection, search, wiring.courts, limit + 1), limit)
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(_by_option(error), "ledger decisions"))
    if as_json:
        print_json({"decisions": found, "more": more is not None})
        return
    print_table(["WHEN", "KIND", "ABOUT", "OUTCOME", "REASONS", "DECISION"], map(_cells, found))
    if more is not None:
        click.echo(f"and more: --limit, or --to {found[-1].as_of.isoformat()}")


def _by_option(error: BadlyAskedError) -> BadlyAskedError:
    """The errors by the options that were asked with."""
    named = {f"--{name.removesuffix('_id')}": each for name, each in error.errors.items()}
    return BadlyAskedError(named)


def _cells(made: Made) -> list[str]:
    about = ", ".join(made.user_ids) or "nobody"
    by = f" (by {made.actor_id})" if made.actor_id else ""
    why = "\n".join(escape(f"{each.code}: {each.meaning}") for each in made.reasons)
    when = made.as_of.isoformat(timespec="seconds")
    return [when, made.kind, about + by, made.outcome, why, made.decision_id]
