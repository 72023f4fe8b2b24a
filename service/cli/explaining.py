"""gatehouse policy explain: each rule of an action, whether it spoke, and what decided that."""

from collections.abc import Mapping

import click

from service.cli.asked import as_of, inquiry_of, login_options
from service.cli.login import said
from service.cli.shown import NO, WRONGLY_ASKED, YES, json_option, leave, parts, print_json
from service.core.actions import ACTIONS, Facts
from service.core.by_hand import facts_by_hand
from service.core.explained import Explained, explain
from service.core.language import LanguageError
from service.login.asked import BadlyAskedError
from service.login.consider import Considered, consider
from service.login.gather import active_court
from service.policy.active import Court


@click.command("explain")
@click.argument("user_id", metavar="[ID]", default="")
@login_options
@click.option("--action", type=click.Choice(list(ACTIONS)), help="Explain facts given by hand.")
@click.option(
    "--fact", "given", multiple=True, metavar="NAME=VALUE", help="user.days_idle=91; repeatable."
)
@json_option
def explain_command(
    user_id: str,
    day: str,
    action: str | None,
    given: tuple[str, ...],
    as_json: bool,
    **asked: str | int | None,
) -> None:
    """Why somebody comes in or not: each rule, whether it spoke, and the atoms that decided it.

    Either about the person ID at an entry, or, with --action and --fact, about facts given by
    hand (what is not given is no, 0, none). Records nothing. Exit code 0 when the answer is to
    allow, 1 when not.
    """
    if bool(user_id) == bool(action) or (given and not action):
        leave(WRONGLY_ASKED, "policy explain: expected either an ID or --action with --fact")
    wiring = parts()
    try:
        with wiring.reader.begin() as connection:
            court = active_court(connection, wiring.courts)
            when = as_of(day, wiring.clock, court.book.calendar)
            if action:
                today = court.book.calendar.day_of(when)
                judged = {action: facts_by_hand(action, _pairs(given), today=today)}
            else:
                inquiry = inquiry_of({"user_id": user_id, **asked})
                judged = _of(consider(connection, inquiry, courts=wiring.courts, as_of=when))
    except BadlyAskedError as error:
        leave(WRONGLY_ASKED, said(error, "policy explain"))
    except LanguageError as error:
        leave(WRONGLY_ASKED, f"policy explain: {error}")
    leave(YES if _show(judged, court, as_json) else NO)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    for each in given:
        if "=" not in each:
            raise LanguageError(f"expected --fact NAME=VALUE, found `{each}`")
    return {name.removeprefix("r."): text for name, _, text in (g.partition("=") for g in given)}


def _of(considered: Considered) -> dict[str, Facts]:
    """The facts each rule file was asked with."""
    outcome = considered.outcome
    if considered.inquiry.system:
        return {"other_system": outcome.facts}
    opened: dict[str, Facts] = {"open_property": outcome.opened[0]} if outcome.opened else {}
    return {"login": outcome.facts, **opened}


def _show(judged: Mapping[str, Facts], court: Court, as_json: bool) -> bool:
    """Print every rule; whether all the actions are allowed."""
    rules = {a: list(explain(court.book.rules[a], facts)) for a, facts in judged.items()}
    decisions = {action: court.judge(action, facts) for action, facts in judged.items()}
    if as_json:
        print_json(
            {
                a: {"allowed": d.allowed, "reasons": d.codes, "rules": rules[a]}
                for a, d in decisions.items()
            }
        )
    else:
        for action, decision in decisions.items():
            word = "allow" if decision.allowed else "deny"
            click.echo(f"{action}: {word}, {', '.join(decision.codes)}")
            for each in rules[action]:
                _print(each)
    return all(each.allowed for each in decisions.values())


def _print(rule: Explained) -> None:
    mark = "speaks" if rule.spoke else "silent"
    click.echo(
        f"\n  {mark}  {rule.effect} {rule.reason}  ({rule.place})\n          {rule.sentence}"
    )
    for each in rule.because:
        word = "holds" if each.holds else "does not hold"
        click.echo(f"          {each.atom} {word}: it is {_value(each.value)}")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "none"
