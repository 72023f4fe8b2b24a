"""gatehouse policy publish, approve, activate, rollback: the steps to what counts, and back."""

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy import Connection

from service.cli.asked import by_token, token_option
from service.cli.differing import plain_difference
from service.cli.examining import examined, tell_examined, what_next
from service.cli.shown import NO, WRONGLY_ASKED, YES, json_option, leave, parts, print_json
from service.core.findings import RulebookError
from service.policy.active import Courts
from service.policy.named import digest_named
from service.policy.revisions import Hand
from service.policy.steps import Step, activate, approve, publish, roll_back

_note_option = click.option("--note", default="", help="Why; kept with the step.")


@click.command("publish")
@click.argument("name", metavar="A")
@_note_option
@token_option
@json_option
def publish_command(name: str, note: str, token: str, as_json: bool) -> None:
    """Publish the policies A (a folder, digest or git revision), that they may come to count.

    They are read strictly, linted and proven, the scenarios in the folder are played, and it is
    shown what changes from what is active, and for whom today. What can change a decision counts
    only when somebody else approves it. Exit code 1 when there is anything to mend; then nothing
    is published.
    """
    wiring = parts()
    by = by_token(wiring, token, "publish")
    try:
        found = examined(wiring, name)
    except RulebookError as error:
        leave(NO, str(error))
    hand = Hand(by=by, as_of=wiring.clock(), note=note)
    with wiring.engine.begin() as connection:
        step = publish(connection, found.wished, hand)
    if as_json:
        more = {"changes": found.wished.changes, "report": found.wished.report}
        print_json({**_plain(step), **more, "difference": plain_difference(found.difference)})
    else:
        tell_examined(found)
        _tell(step, "Published")
        if step.done:
            click.echo(what_next(found.wished))
    leave(YES if step.done else NO)


@click.command("approve")
@click.argument("name", metavar="REVISION")
@_note_option
@token_option
@json_option
def approve_command(name: str, note: str, token: str, as_json: bool) -> None:
    """Approve a published REVISION in the place of the active one; from then on it counts.

    REVISION is a digest or its beginning. Nobody approves a revision of his own.
    """

    def step(connection: Connection, hand: Hand, courts: Courts) -> Step:
        digest = _digest(name, connection)
        approved = approve(connection, digest, hand)
        return activate(connection, digest, hand, courts=courts) if approved.done else approved

    _take(step, token, "approve", note, "Active", as_json)


@click.command("activate")
@click.argument("name", metavar="REVISION")
@_note_option
@token_option
@json_option
def activate_command(name: str, note: str, token: str, as_json: bool) -> None:
    """Let a REVISION count that is approved, or proven to change no decision."""

    def step(connection: Connection, hand: Hand, courts: Courts) -> Step:
        return activate(connection, _digest(name, connection), hand, courts=courts)

    _take(step, token, "activate", note, "Active", as_json)


@click.command("rollback")
@_note_option
@token_option
@json_option
def rollback_command(note: str, token: str, as_json: bool) -> None:
    """Go back to the revision just before, within seven days; it needs no approval."""

    def step(connection: Connection, hand: Hand, courts: Courts) -> Step:
        return roll_back(connection, hand, courts=courts)

    _take(step, token, "roll_back", note, "Active again", as_json)


def _digest(name: str, connection: Connection) -> str:
    digest = digest_named(name, connection)
    if not digest:
        leave(WRONGLY_ASKED, f"policy: {name}: expected a stored revision's digest")
    return digest


def _take(
    step: Callable[[Connection, Hand, Courts], Step],
    token: str,
    call: str,
    note: str,
    word: str,
    as_json: bool,
) -> None:
    """Take *step* as whoever the *token* names, in one transaction, and tell what came of it."""
    wiring = parts()
    hand = Hand(by=by_token(wiring, token, call), as_of=wiring.clock(), note=note)
    with wiring.engine.begin() as connection:
        came = step(connection, hand, wiring.courts)
    if as_json:
        print_json(_plain(came))
    else:
        _tell(came, word)
    leave(YES if came.done else NO)


def _plain(step: Step) -> dict[str, Any]:
    return {
        "outcome": "done" if step.done else "refused",
        "digest": step.digest,
        "replaces": step.replaces,
        "why": list(step.why),
        "decision_id": step.written.entry_id,
    }


def _tell(step: Step, word: str) -> None:
    if step.done:
        click.echo(f"{word}: {step.digest}\nin the place of {step.replaces}")
    for sentence in step.why:
        click.echo(f"Refused: {sentence}.")
