"""gatehouse policy test: play scenarios; which rows they decide by, and what they would notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from service.cli.shown import NO, WRONGLY_ASKED, YES, json_option, leave, print_json, progress_bar
from service.core.findings import Findings, RulebookError
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule
from service.policy.active import Court, court_of
from service.policy.difference import Texts
from service.policy.folder import SHIPPED, read_texts
from service.scenarios.coverage import Played, idle_rows, play_all
from service.scenarios.mutation import Mutant, mutants
from service.scenarios.noticing import survivors
from service.scenarios.reading import Scenario, read_scenarios
from service.scenarios.runner import Failure

_PATH = click.Path(path_type=Path)


@dataclass(slots=True)
class _Told:
    """What came of the scenarios, and of what was asked beyond."""

    failures: list[Failure]
    scenarios: int
    idle: list[Rule] | None = None
    survivors: list[Mutant] | None = None

    @property
    def good(self) -> bool:
        """Whether all came out, and nothing that was asked for is missing."""
        return not (self.failures or self.idle or self.survivors)


@click.command("test")
@click.argument("paths", type=_PATH, nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--policies",
    "folder",
    type=_PATH,
    default=SHIPPED,
    metavar="DIR",
    help="The policies to test (default: those shipped).",
)
@click.option("--coverage", is_flag=True, help="List the rows that decided no case.")
@click.option(
    "--mutate",
    is_flag=True,
    help="Drop, negate and shift each row; list what no case notices (takes a minute).",
)
@json_option
def test_command(
    paths: tuple[Path, ...], folder: Path, coverage: bool, mutate: bool, as_json: bool
) -> None:
    """Play the scenarios of PATH... (files or folders) against the policies.

    Exit code 0 when all come out as they say and, where that was asked, every row decided a case
    and every mutant that changes a decision was noticed.
    """
    try:
        texts = read_texts(folder)
        court = court_of(texts)
        scenarios = scenarios_of(paths, court.book.calendar.zone)
    except RulebookError as error:
        leave(WRONGLY_ASKED, str(error))
    played = _play_all(texts, court, scenarios)
    told = _Told([each.failure for each in played if each.failure], len(played))
    if coverage:
        told.idle = idle_rows(court.book, played)
    if mutate and not told.failures:
        with progress_bar() as bar:
            every = bar.track(list(mutants(court.book)), description="Mutants")
            told.survivors = list(survivors(every, texts, court, played))
    _show(told, court.book, as_json)


def _play_all(texts: Texts, court: Court, scenarios: Sequence[Scenario]) -> list[Played]:
    with progress_bar() as bar:
        track = bar.track(scenarios, description="Scenarios")
        return list(play_all(texts, court, track))


def played_in(folder: Path, texts: Texts, court: Court) -> dict[str, Any] | None:
    """What came of the scenarios in *folder*, as a document; None when there are none.

    *texts*: those of the rulebook of *court*. Raises RulebookError for scenarios that cannot be
    read.
    """
    if not folder.is_dir():
        return None
    scenarios = scenarios_of((folder,), court.book.calendar.zone)
    played = _play_all(texts, court, scenarios)
    failures = [str(each.failure) for each in played if each.failure]
    passed = len(played) - len(failures)
    return {"passed": passed, "failed": len(failures), "failures": failures}


def scenarios_of(paths: tuple[Path, ...], zone: ZoneInfo) -> list[Scenario]:
    """The scenarios of files and folders; raises RulebookError."""
    findings = Findings()
    files = [
        f for path in paths for f in (sorted(path.glob("**/*.yaml")) if path.is_dir() else [path])
    ]
    scenarios: list[Scenario] = []
    for file in files:
        if file.is_file():
            scenarios += read_scenarios(file, zone, findings)
        else:
            findings.add(str(file), 1, "expected a scenario file; there is none")
    if not scenarios:
        findings.add(str(paths[0]), 1, "expected at least one scenario")
    findings.raise_if_any()
    return scenarios


def _show(told: _Told, book: Rulebook, as_json: bool) -> None:
    passed, failed = told.scenarios - len(told.failures), len(told.failures)
    if as_json:
        more = {"idle_rows": told.idle, "survivors": told.survivors}
        asked = {name: _plain(each) for name, each in more.items() if each is not None}
        print_json({"passed": passed, "failed": failed, "failures": told.failures, **asked})
    else:
        _print(told, len(book.rows))
        click.echo(f"{passed} passed, {failed} failed")
    broken = any(each.broken for each in told.failures)
    leave(WRONGLY_ASKED if broken else YES if told.good else NO)


def _plain(found: Iterable[Rule | Mutant]) -> list[dict[str, str]]:
    return [
        {"rule": each.place, "row": each.text}
        if isinstance(each, Rule)
        else {"rule": each.rule.place, "mutant": each.how}
        for each in found
    ]


def _print(told: _Told, rules: int) -> None:
    for failure in told.failures:
        click.echo(str(failure))
    if told.idle is not None:
        for rule in told.idle:
            click.echo(f"{rule.place}: {rule.reason}: decided no case")
        click.echo(f"{rules - len(told.idle)} of {rules} rows decided a case")
    if told.survivors is not None:
        for mutant in told.survivors:
            click.echo(f"{mutant.rule.place}: {mutant.how}: no case notices")
        click.echo(f"{len(told.survivors)} mutants were not noticed")
