"""gatehouse policy diff: what stands otherwise, and which answers that changes."""

from collections.abc import Iterable

import click
from sqlalchemy.exc import SQLAlchemyError

from models.engine import reading
from service.cli.checking import facts_in_words
from service.cli.shown import (
    NO,
    WRONGLY_ASKED,
    YES,
    json_option,
    leave,
    parts,
    print_json,
    progress_bar,
)
from service.core.findings import RulebookError
from service.core.rulebook import RULE_FILES
from service.policy.difference import Difference, difference
from service.policy.named import texts_named
from service.policy.situation import Answer, Situation

#: Headings, by whether it is allowed before and after.
_KINDS = {
    "From lock to allow:": {(False, True)},
    "From allow to lock:": {(True, False)},
    "For another first reason:": {(False, False), (True, True)},
}


@click.command("diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@json_option
def diff_command(one: str, other: str, as_json: bool) -> None:
    """What changes from A to B: rows, data, and the answers of all cases.

    A and B are folders, digests of stored revisions (or their first letters) or git revisions of
    the shipped policies. Each situation is proven, with the condition its cases have in common
    and one of them. Exit code 0 when it is proven that no decision changes, 1 otherwise.
    """
    try:
        before, after = _texts(one), _texts(other)
        with progress_bar() as bar:
            task = bar.add_task("Proofs", total=len(RULE_FILES))
            found = difference(
                before, after, lambda name: bar.update(task, advance=1, description=name)
            )
    except RulebookError as error:
        leave(WRONGLY_ASKED, f"policy diff: {error}")
    if as_json:
        print_json({"changes_nothing": found.changes_nothing, **_plain(found)})
    else:
        _print(found)
    leave(YES if found.changes_nothing else NO)


def _texts(name: str) -> dict[str, bytes]:
    try:
        with reading(parts().engine).begin() as connection:
            return texts_named(name, connection)
    except SQLAlchemyError:
        return texts_named(name, None)  # no database: folders and git revisions are still there


def _plain(found: Difference) -> dict[str, object]:
    return {
        "listed": found.listed,
        "situations": found.situations,
        "open_questions": found.open_questions,
    }


def _print(found: Difference) -> None:
    for each in found.listed:
        click.echo(each.place)
        for mark, text in (("-", each.before), ("+", each.after)):
            if text:
                click.echo(f"  {mark} {text}")
    for heading, kinds in _KINDS.items():
        told = [s for s in found.situations if (s.before.allowed, s.after.allowed) in kinds]
        if told:
            click.echo(f"\n{heading}")
            _tell(told)
    for question in found.open_questions:
        click.echo(f"\nNot proven, so answers may change: {question}")
    if found.changes_nothing:
        click.echo("No decision changes." if not found.listed else "\nNo decision changes.")


def _tell(situations: Iterable[Situation]) -> None:
    for each in situations:
        click.echo(f"  {each.action}: {_word(each.before)} -> {_word(each.after)}")
        click.echo(f"    when {each.condition}")
        click.echo(f"    for example: {facts_in_words(each.example)}")


def _word(answer: Answer) -> str:
    return f"{'allow' if answer.allowed else 'lock'} {answer.reason}"
