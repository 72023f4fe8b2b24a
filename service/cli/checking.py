"""gatehouse policy check: read strictly, lint, prove."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from service.cli.shown import NO, YES, json_option, leave, print_json, progress_bar
from service.clock import system_clock
from service.core.findings import RulebookError
from service.core.lint import unused_facts
from service.policy.checked import PROVEN, Checked, check
from service.policy.folder import SHIPPED, read_texts


@click.command("check")
@click.argument("folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="[DIR]")
@json_option
def check_command(folder: Path, as_json: bool) -> None:
    """Read the policies in DIR (default: those shipped) strictly, lint them, prove them.

    Every finding names file and line, what is wrong and how to mend it. Proven, for all cases at
    once: no row is dead or without effect, and every invariant holds; where one does not, a person
    is shown for whom it does not. Exit code 1 when there is anything to mend.
    """
    try:
        with progress_bar() as bar:
            track = partial(bar.track, description="Proofs")
            found = check(read_texts(folder), system_clock(), track)
    except RulebookError as error:
        if as_json:
            print_json({"ok": False, "findings": error.findings})
        leave(NO, "" if as_json else str(error))
    if as_json:
        print_json(_plain(found))
    else:
        _print(found)
    leave(YES if found.in_order else NO)


def _plain(found: Checked) -> dict[str, Any]:
    return {
        "ok": found.in_order,
        "digest": found.book.digest,
        "rules": len(found.book.rows),
        "findings": found.findings,
        "proof": found.proof,
        "disproofs": found.disproofs,
        "unused_facts": unused_facts(found.book),
    }


def tell_mistakes(found: Checked) -> None:
    """Print what is to be mended."""
    for finding in found.findings:
        click.echo(str(finding))
    for each in found.disproofs:
        click.echo(f"{each.place}: {each.message}")
        if each.example:
            click.echo(f"    for example: {facts_in_words(each.example)}")


def _print(found: Checked) -> None:
    tell_mistakes(found)
    book = found.book
    rules = len(book.rows)
    if found.in_order:
        click.echo(f"{rules} rules in {len(book.rules)} files are in order. Digest {book.digest}")
    if found.proof != PROVEN:
        click.echo(f"Nothing is proven: {found.proof}", err=True)
    elif not found.disproofs:
        count = len(book.invariants)
        click.echo(f"Proven for all cases: no idle row among {rules}, and {count} invariants.")


def facts_in_words(example: Mapping[str, Any]) -> str:
    """Facts as a person reads them, those left out that say nothing."""
    said = []
    for fact, value in sorted(example.items()):
        if value is True:
            said.append(fact)
        elif isinstance(value, list):
            said += [f"{fact} {' '.join(value)}"] if value else []
        elif value not in (False, "", 0):
            said.append(f"{fact} {value}")
    return ", ".join(said)
