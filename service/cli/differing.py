"""gatehouse policy diff: what stands otherwise, and which answers that changes."""

from collections.abc import Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

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
from service.policy.difference import Difference, Texts, difference
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
        found = compared(before, after)
    except RulebookError as error:
        leave(WRONGLY_ASKED, f"policy diff: {error}")
    if as_json:
        print_json(plain_difference(found))
    else:
        tell_difference(found)
    leave(YES if found.changes_nothing else NO)


def compared(before: Texts, after: Texts) -> Difference:
    """The difference, with a progress bar; raises RulebookError."""
    with progress_bar() as bar:
        task = bar.add_task("Proofs", total=len(RULE_FILES))
        return difference(
            before, after, lambda name: bar.update(task, advance=1, description=name)
        )


def _texts(name: str) -> dict[str, bytes]:
    try:
        with parts().reader.begin() as connection:
            return texts_named(name, connection)
    except SQLAlchemyError:
        return texts_named(name, None)  # no database: folders and git revisions are still there


def plain_difference(found: Difference) -> dict[str, object]:
    """*found* as a document."""
    return {
        "changes_nothing": found.changes_nothing,
        "listed": found.listed,
        "situations": found.situations,
        "open_questions": found.open_questions,
    }


def tell_difference(found: Difference) -> None:
    """Print what stands otherwise, and the answers that change."""
    for each in found.listed:
        click.echo(each.place)
        for mark, text in (("-", each.before), ("+", each.after)):
            if text:
                click.echo(f"  {mark} {text}")
    for heading, kinds in _KINDS.items():
        _tell(heading, [s for s in found.situations if _kind(s) in kinds and not s.besides])
    _tell("For another reason besides:", [s for s in found.situations if s.besides])
    for question in found.open_questions:
        click.echo(f"\nNot proven, so answers may change: {question}")
    if found.changes_nothing:
        click.echo("No decision changes." if not found.listed else "\nNo decision changes.")


def _kind(situation: Situation) -> tuple[bool, bool]:
    return situation.before.allowed, situation.after.allowed


def _tell(heading: str, situations: Sequence[Situation]) -> None:
    if situations:
        click.echo(f"\n{heading}")
    for each in situations:
        besides = f", {each.besides} before or after only" if each.besides else ""
        click.echo(f"  {each.action}: {_word(each.before)} -> {_word(each.after)}{besides}")
        click.echo(f"    when {each.condition}")
        click.echo(f"    for example: {facts_in_words(each.example)}")


def _word(answer: Answer) -> str:
    return f"{'allow' if answer.allowed else 'lock'} {answer.reason}"
