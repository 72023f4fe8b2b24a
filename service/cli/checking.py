"""gatehouse policy check: read strictly, lint, prove."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from service.cli.shown import NO, json_option, leave, print_json, progress_bar
from service.clock import system_clock
from service.core.findings import Finding, RulebookError
from service.core.lint import lint, unused_facts
from service.core.rulebook import Rulebook
from service.policy.active import court_of
from service.policy.difference import NO_SOLVER
from service.policy.folder import SHIPPED, read_texts
from service.policy.situation import Disproof, UndecidedError


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
        texts = read_texts(folder)
        book = court_of(texts).book
    except RulebookError as error:
        if as_json:
            print_json({"ok": False, "findings": error.findings})
        leave(NO, "" if as_json else str(error))
    today = book.calendar.day_of(system_clock())
    findings = lint(book, texts, today)
    disproofs, proven = _prove(book)
    if as_json:
        print_json(
            {
                "ok": not findings and not disproofs,
                "digest": book.digest,
                "rules": sum(map(len, book.rules.values())),
                "findings": findings,
                "proof": proven,
                "disproofs": disproofs,
                "unused_facts": unused_facts(book),
            }
        )
    else:
        _print(book, findings, disproofs, proven)
    leave(NO if findings or disproofs else 0)


def _prove(book: Rulebook) -> tuple[list[Disproof], str]:
    """What does not hold, and whether all was proven ("proven") or why not."""
    found: list[Disproof] = []
    try:
        from service.policy.analysis.proof import claims

        every = list(claims(book))
        with progress_bar() as bar:
            for claim in bar.track(every, description="Proofs"):
                found += claim()
    except ImportError:
        return found, NO_SOLVER
    except UndecidedError as error:
        return found, f"not decided in time: {error}"
    return found, "proven"


def _print(
    book: Rulebook, findings: list[Finding], disproofs: list[Disproof], proven: str
) -> None:
    for finding in findings:
        click.echo(str(finding))
    for each in disproofs:
        click.echo(f"{each.place}: {each.message}")
        if each.example:
            click.echo(f"    for example: {facts_in_words(each.example)}")
    rules = sum(map(len, book.rules.values()))
    if not findings and not disproofs:
        click.echo(f"{rules} rules in {len(book.rules)} files are in order. Digest {book.digest}")
    if proven != "proven":
        click.echo(f"Nothing is proven: {proven}", err=True)
    elif not disproofs:
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
