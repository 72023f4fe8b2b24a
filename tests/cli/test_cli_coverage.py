"""gatehouse policy test --coverage and --mutate: rows without a case, mutants nobody notices."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import NO, Shell
from tests.cli.test_cli_policy import IDLE
from tests.cli.test_cli_workbench import change, policies, shell

__all__ = ["policies", "shell"]
#: Idle since creation: the ninety-first day.
DAY_91 = IDLE.replace("2015-01-05", "2026-01-01").replace("2026-03-02", "2026-04-02")
STRANGER = """\
scenarios:
  - name: Somebody nobody knows cannot be taken on
    source: "001"
    given:
      people:
        M90001: {population: external, coordinator: true, roles: [TRACS, TCC], bpr: [1],
                 last_activity: "2017-08-01", rob_accepted: "2017-08-01"}
    steps:
      - {assign: M77777, to: M90001, as: M90001, day: "2017-08-02", expect: {outcome: refused}}
"""
IDLE_ROW = "r.user.days_idle > 90 && r.today >= '2017-10-22'"
Write = Callable[[str], Path]


@pytest.fixture
def scenario(tmp_path: Path) -> Write:
    """Writes a scenario file."""

    def write(text: str) -> Path:
        file = tmp_path / "one.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_rows_without_a_case_are_listed_as_json_too(shell: Shell, scenario: Write) -> None:
    told = shell("policy", "test", "--coverage", "--json", scenario(DAY_91))

    assert (told.code, told.json["passed"], told.json["failures"]) == (NO, 1, [])
    idle = {each["rule"]: each["row"] for each in told.json["idle_rows"]}
    assert idle["rules/login.csv:14"] == "r.user.terminated"
    assert IDLE_ROW not in idle.values()
    assert "survivors" not in told.json


def test_a_mutant_that_no_case_notices_is_listed(shell: Shell, scenario: Write) -> None:
    told = shell("policy", "test", "--mutate", scenario(DAY_91))

    assert told.code == NO
    shifted = "rules/login.csv:34: `r.user.days_idle > 90` shifted to `r.user.days_idle > {}`"
    assert f"{shifted.format(89)}: no case notices\n" in told.out
    assert shifted.format(91) not in told.out
    assert "rules/login.csv:34: dropped" not in told.out
    assert told.out.endswith(" mutants were not noticed\n1 passed, 0 failed\n")


def test_a_mutant_that_changes_no_decision_needs_no_case(
    shell: Shell, scenario: Write, policies: Path
) -> None:
    end, more = "# End of login.csv", IDLE_ROW.replace("90", "95")
    row = f"# Longer.\n# Authority: Q&A 1\np, login, deny, INACTIVE, {more}\n\n{end}"
    change(policies, "rules/login.csv", end, row)

    told = shell("policy", "test", "--mutate", "--json", scenario(DAY_91), "--policies", policies)

    survivors = {(each["rule"], each["mutant"]) for each in told.json["survivors"]}
    assert ("rules/login.csv:10", "dropped") in survivors
    assert ("rules/login.csv:61", "negated") in survivors
    assert ("rules/login.csv:61", "dropped") not in survivors


def test_a_mutant_by_which_a_case_breaks_is_noticed(shell: Shell, scenario: Write) -> None:
    told = shell("policy", "test", "--mutate", scenario(STRANGER))

    assert "rules/assign_staff.csv:18: dropped: no case notices" in told.out
    assert "rules/assign_staff.csv:26: dropped" not in told.out


def test_nothing_is_mutated_while_a_scenario_fails(shell: Shell, scenario: Write) -> None:
    failing = DAY_91.replace("outcome: lock", "outcome: allow")

    told = shell("policy", "test", "--mutate", "--json", scenario(failing))

    assert (told.code, told.json["failed"]) == (NO, 1)
    assert "survivors" not in told.json
