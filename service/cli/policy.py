"""gatehouse policy: checking and testing policies."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from service.cli.checking import check_command
from service.cli.differing import diff_command
from service.cli.explaining import explain_command
from service.cli.shown import NO, WRONGLY_ASKED, json_option, leave, print_json, progress_bar
from service.core.actions import ACTIONS, declared, facts_table
from service.core.findings import Findings, RulebookError
from service.policy.active import court_of
from service.policy.folder import SHIPPED, read_texts
from service.scenarios.reading import Scenario, read_scenarios
from service.scenarios.runner import Failure, Runner

_FOLDER = click.Path(path_type=Path)


@click.group()
def policy() -> None:
    """Policies: the rules, reasons, calendar and catalogue."""


for command in (check_command, diff_command, explain_command):
    policy.add_command(command)


@policy.command()
@json_option
def facts(as_json: bool) -> None:
    """List every fact a rule may use, for each action: its unit and its meaning."""
    known = {action: list(declared(action).values()) for action in ACTIONS}
    if as_json:
        print_json(known)
    else:
        click.echo(facts_table())


@policy.command()
@click.argument("paths", type=_FOLDER, nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--policies",
    "folder",
    type=_FOLDER,
    default=SHIPPED,
    metavar="DIR",
    help="The policies to test (default: those shipped).",
)
@json_option
def test(paths: tuple[Path, ...], folder: Path, as_json: bool) -> None:
    """Play the scenarios of PATH... (files or folders) against the policies."""
    try:
        texts = read_texts(folder)
        court = court_of(texts)
        scenarios = _scenarios(paths, court.book.calendar.zone)
    except RulebookError as error:
        leave(WRONGLY_ASKED, str(error))
    runner = Runner(texts, court, scenarios[0])
    with progress_bar() as bar:
        found = [runner.play(each) for each in bar.track(scenarios, description="Scenarios")]
    failures = [each for each in found if each is not None]
    _show(len(scenarios), failures, as_json)


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


def _show(played: int, failures: list[Failure], as_json: bool) -> None:
    passed = played - len(failures)
    if as_json:
        print_json({"passed": passed, "failed": len(failures), "failures": failures})
    else:
        for failure in failures:
            click.echo(str(failure))
        click.echo(f"{passed} passed, {len(failures)} failed")
    broken = any(each.broken for each in failures)
    leave(WRONGLY_ASKED if broken else NO if failures else 0)
