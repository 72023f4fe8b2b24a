"""gatehouse policy test: play scenarios; which rows they decide by, and what they would notice."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from service.cli.shown import NO, WRONGLY_ASKED, YES, json_option, leave, print_json, progress_bar
from service.core.findings import Findings, RulebookError
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule
from service.policy.active import Court, court_of
from service.policy.folder import SHIPPED, read_texts
from service.policy.situation import UndecidedError
from service.scenarios.coverage import Noted, NotingJudge, Question, idle_rows
from service.scenarios.mutation import Mutant, mutants, mutated, survives
from service.scenarios.reading import Scenario, read_scenarios
from service.scenarios.runner import Failure, Runner

_PATH = click.Path(path_type=Path)


@dataclass(slots=True)
class _Played:
    """What came of the scenarios, and of what was asked beyond."""

    scenarios: int
    failures: list[Failure]
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
    help="Drop, negate and shift each row; list what no case notices (takes minutes).",
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
        scenarios = _scenarios(paths, court.book.calendar.zone)
    except RulebookError as error:
        leave(WRONGLY_ASKED, str(error))
    judge = NotingJudge(court.book)
    runner = Runner(texts, Court(court.book, judge), scenarios[0])
    asked = _play_all(runner, judge, scenarios)
    played = _Played(len(scenarios), [f for _, f, _ in asked if f is not None])
    if coverage:
        places = {place for _, _, noted in asked for place in noted.places}
        played.idle = idle_rows(court.book, places)
    if mutate and not played.failures:
        played.survivors = _survivors(court, runner, [(s, n.questions) for s, _, n in asked])
    _show(played, court.book, as_json)


def _play_all(
    runner: Runner, judge: NotingJudge, scenarios: list[Scenario]
) -> list[tuple[Scenario, Failure | None, Noted]]:
    """Each scenario with its failure, if any, and what was noted while it was played."""
    found = []
    with progress_bar() as bar:
        for scenario in bar.track(scenarios, description="Scenarios"):
            judge.noted = Noted()
            found.append((scenario, runner.play(scenario), judge.noted))
    return found


def _survivors(
    court: Court, runner: Runner, asked: list[tuple[Scenario, set[Question]]]
) -> list[Mutant]:
    """The mutants no scenario notices, but for those proven to change no decision."""
    with progress_bar() as bar:
        every = list(mutants(court.book))
        return [
            mutant
            for mutant in bar.track(every, description="Mutants")
            if survives(mutant, court, runner, asked) and not _proven_alike(court.book, mutant)
        ]


def _proven_alike(book: Rulebook, mutant: Mutant) -> bool:
    try:
        from service.policy.analysis.changes import situations

        found = situations(book, mutated(book, mutant), mutant.rule.action)
        return next(found, None) is None
    except (ImportError, UndecidedError):
        return False


def _scenarios(paths: tuple[Path, ...], zone: ZoneInfo) -> list[Scenario]:
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


def _show(played: _Played, book: Rulebook, as_json: bool) -> None:
    passed, failed = played.scenarios - len(played.failures), len(played.failures)
    if as_json:
        more = {"idle_rows": played.idle, "survivors": played.survivors}
        asked = {name: _plain(each) for name, each in more.items() if each is not None}
        print_json({"passed": passed, "failed": failed, "failures": played.failures, **asked})
    else:
        _print(played, sum(map(len, book.rules.values())))
        click.echo(f"{passed} passed, {failed} failed")
    broken = any(each.broken for each in played.failures)
    leave(WRONGLY_ASKED if broken else YES if played.good else NO)


def _plain(found: Iterable[Rule | Mutant]) -> list[dict[str, str]]:
    return [
        {"rule": each.place, "row": each.text}
        if isinstance(each, Rule)
        else {"rule": each.rule.place, "mutant": each.how}
        for each in found
    ]


def _print(played: _Played, rules: int) -> None:
    for failure in played.failures:
        click.echo(str(failure))
    if played.idle is not None:
        for rule in played.idle:
            click.echo(f"{rule.place}: {rule.reason}: decided no case")
        click.echo(f"{rules - len(played.idle)} of {rules} rows decided a case")
    if played.survivors is not None:
        for mutant in played.survivors:
            click.echo(f"{mutant.rule.place}: {mutant.how}: no case notices")
        click.echo(f"{len(played.survivors)} mutants were not noticed")
