"""gatehouse policy check and test: the author is shown the line that is wrong."""

import re
import shutil
from pathlib import Path

import pytest

from service.policy.folder import SHIPPED
from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell

SCENARIO = """\
scenarios:
  - name: Somebody nobody knows stays outside
    source: "001"
    given:
      people:
        M10001: {population: external, created: "2015-01-05", roles: [TRACS]}
    steps:
      - {login: M10009, entry: tracs_menu, day: "2026-03-02", expect: {outcome: lock}}
"""
IDLE = SCENARIO.replace("login: M10009", "login: M10001").replace(
    "outcome: lock", "outcome: lock, reason: INACTIVE"
)
#: What a slip of the pen makes of the scenario, and the line it stands on.
BROKEN = {
    "unknown_key.yaml": ("source:", "sauce:", 2),
    "duplicate_key.yaml": ('source: "001"', 'source: "001"\n    source: "002"', 4),
    "unknown_verb.yaml": ("login: M10009", "enter: M10009", 8),
    "management_verb.yaml": ("login: M10009, entry: tracs_menu", "unlock: M10009", 8),
    "unknown_expectation.yaml": ("outcome: lock", "outcom: lock", 8),
    "no_expectation.yaml": (", expect: {outcome: lock}", "", 8),
    "unknown_given.yaml": ("people:", "persons:", 5),
    "no_day.yaml": ('"2026-03-02"', "tomorrow", 8),
    "not_yaml.yaml": ("steps:", "steps: [", 8),
}


@pytest.fixture
def shell() -> Shell:
    """A shell without a database: policies need none."""
    return Shell("sqlite:////nowhere/at/all.db")


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A copy of the shipped policies to edit."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "policies"))


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_policies_are_in_order(shell: Shell) -> None:
    checked = shell("policy", "check", "--json")

    assert checked.code == YES
    assert checked.json["ok"]
    assert re.fullmatch("[0-9a-f]{64}", checked.json["digest"])


def test_a_policy_that_is_wrong_is_a_no_with_file_and_line(shell: Shell, policies: Path) -> None:
    _replace(policies / "rules/login.csv", "p, login, deny, INACTIVE", "p, login, dny, INACTIVE")

    checked = shell("policy", "check", policies)
    as_json = shell("policy", "check", policies, "--json")

    assert (checked.code, checked.out) == (NO, "")
    (place,) = re.findall(r"^rules/login\.csv:(\d+): .*dny", checked.err, re.MULTILINE)
    lines = (policies / "rules/login.csv").read_text(encoding="utf-8").splitlines()
    assert "dny" in lines[int(place) - 1]
    assert (as_json.code, as_json.json["ok"]) == (NO, False)
    found = {(each["file"], each["line"]) for each in as_json.json["findings"]}
    assert ("rules/login.csv", int(place)) in found


def test_scenarios_that_come_out_are_a_yes_and_one_that_does_not_is_a_no(
    shell: Shell, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SCENARIO)
    bad.write_text(SCENARIO.replace("outcome: lock", "outcome: allow"))

    passed = shell("policy", "test", good)
    failed = shell("policy", "test", tmp_path)

    assert (passed.code, passed.out.splitlines()[-1]) == (YES, "1 passed, 0 failed")
    assert (failed.code, failed.out.splitlines()[-1]) == (NO, "1 passed, 1 failed")
    assert f"{bad}:" in failed.out


def test_a_rule_that_changes_an_outcome_fails_its_scenario(
    shell: Shell, policies: Path, tmp_path: Path
) -> None:
    (tmp_path / "one.yaml").write_text(IDLE)
    _replace(policies / "rules/login.csv", "r.user.days_idle > 90", "r.user.days_idle > 9000")

    shipped = shell("policy", "test", tmp_path / "one.yaml", "--json")
    edited = shell("policy", "test", tmp_path / "one.yaml", "--policies", policies, "--json")

    assert (shipped.code, shipped.json["passed"]) == (YES, 1)
    assert (edited.code, edited.json["failed"]) == (NO, 1)


def test_a_scenario_file_that_cannot_be_read_is_an_error_with_its_line_and_never_a_pass(
    shell: Shell, tmp_path: Path
) -> None:
    for name, (old, new, _) in BROKEN.items():
        (tmp_path / name).write_text(SCENARIO)
        _replace(tmp_path / name, old, new)

    tested = shell("policy", "test", tmp_path)

    assert (tested.code, "passed" in tested.out) == (WRONGLY_ASKED, False)
    found = {
        (Path(file).name, int(line))
        for file, line in re.findall(r"^(.+?\.yaml):(\d+): ", tested.err, re.MULTILINE)
    }
    assert found >= {(name, line) for name, (_, _, line) in BROKEN.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("roles: [TRACS]", "roles: TRACS"),
        ("roles: [TRACS]", "roles: [TRACS], properties: [Oaks]"),
        ('created: "2015-01-05"', "created: soon"),
    ],
    ids=["a list that is text", "a property that is a name", "a day that is none"],
)
def test_a_scenario_that_cannot_be_played_is_an_error_and_never_a_pass(
    shell: Shell, tmp_path: Path, old: str, new: str
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(SCENARIO)
    _replace(file, old, new)

    tested = shell("policy", "test", file)

    assert tested.code == WRONGLY_ASKED
    assert re.search(rf"^{re.escape(str(file))}:\d+: ", tested.out + tested.err, re.MULTILINE)
    assert "1 passed" not in tested.out


def test_no_scenario_at_all_is_an_error(shell: Shell, tmp_path: Path) -> None:
    assert shell("policy", "test", tmp_path).code == WRONGLY_ASKED
