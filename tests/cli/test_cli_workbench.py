"""gatehouse policy check, diff, explain and test --coverage: what an author is told."""

import shutil
from pathlib import Path

import pytest

from service.policy.folder import SHIPPED
from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell
from tests.cli.test_cli_policy import SCENARIO


@pytest.fixture
def shell() -> Shell:
    """A shell without a database: policies need none."""
    return Shell("sqlite:////nowhere/at/all.db")


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A copy of the shipped policies to edit."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "policies"))


def change(policies: Path, file: str, old: str, new: str) -> None:
    """Replace *old* by *new* in one file."""
    text = (policies / file).read_text(encoding="utf-8")
    assert old in text
    (policies / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_policies_are_proven(shell: Shell) -> None:
    checked = shell("policy", "check", "--json")

    assert checked.code == YES
    assert checked.json["proof"] == "proven"
    assert checked.json["findings"] == checked.json["disproofs"] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("rules/login.csv", "# Authority: Q&A 1, 3, 44", "# Authority: Hearsay", "no source"),
        ("calendar.yaml", "year: 2021\n    unannounced", "year: 2016\n    unannounced", "2021"),
        ("reasons.yaml", "contacts:\n", "contacts:\n  nobody: Nobody at all\n", "no remedy"),
        ("roles.yaml", "  HELP_DESK:\n", "  CLERK:\n    meaning: A clerk.\n    authority: Q&A 5\n"
         "  HELP_DESK:\n", "opens nothing"),
    ],
)  # fmt: skip
def test_what_lint_finds_is_a_no_with_file_and_cure(
    shell: Shell, policies: Path, file: str, old: str, new: str, said: str
) -> None:
    change(policies, file, old, new)

    checked = shell("policy", "check", policies)

    assert checked.code == NO
    assert any(line.startswith(f"{file}:") and said in line for line in checked.out.splitlines())


def test_a_row_written_again_in_another_order_is_found(shell: Shell, policies: Path) -> None:
    row = "p, login, deny, ROB_EXPIRED, r.entry != 'rob' && r.user.rob_years >= 1\n"
    same = "p, login, deny, ROB_EXPIRED, r.user.rob_years >= 1 && r.entry != 'rob'\n"
    change(policies, "rules/login.csv", row, f"{row}\n# Again.\n# Authority: Q&A 36\n{same}")

    checked = shell("policy", "check", policies)

    assert checked.code == NO
    assert "says the same as rules/login.csv:" in checked.out


def test_a_broken_invariant_shows_a_person(shell: Shell, policies: Path) -> None:
    change(policies, "rules/login.csv", "r.user.days_idle > 90 ", "r.user.days_idle > 99 ")

    checked = shell("policy", "check", policies)

    assert checked.code == NO
    assert "does not hold: Nobody idle beyond the limit" in checked.out
    assert "for example: " in checked.out
    assert "user.days_idle 9" in checked.out


def test_a_difference_names_rows_situations_and_an_example(shell: Shell, policies: Path) -> None:
    change(policies, "rules/login.csv", "r.user.days_idle > 90 ", "r.user.days_idle >= 90 ")

    told = shell("policy", "diff", SHIPPED, policies)

    assert told.code == NO
    assert "  + login, deny, INACTIVE, r.user.days_idle >= 90" in told.out
    assert "From allow to lock:\n  login: allow OK -> lock INACTIVE" in told.out
    assert "when r.today >= '2017-10-22' && r.user.days_idle == 90" in told.out
    assert "From lock to allow" not in told.out


def test_no_difference_is_a_yes(shell: Shell, policies: Path) -> None:
    change(policies, "reasons.yaml", "Nobody with this ID is known.", "Nobody has this ID.")

    told = shell("policy", "diff", SHIPPED, policies)

    assert told.code == YES
    assert "Nobody has this ID." in told.out
    assert told.out.endswith("No decision changes.\n")


def test_a_difference_with_nothing_is_asked_wrongly(shell: Shell) -> None:
    told = shell("policy", "diff", SHIPPED, "no-such-thing")

    assert told.code == WRONGLY_ASKED
    assert "a policy folder, `active`, a revision's digest or a git revision" in told.err


def test_coverage_names_the_rows_without_a_case(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(SCENARIO, encoding="utf-8")

    covered = shell("policy", "test", "--coverage", file)

    assert covered.code == NO
    assert "1 passed, 0 failed" in covered.out
    assert "rules/login.csv:14: WASS_TERMINATED: decided no case" in covered.out
    assert "rules/login.csv:10:" not in covered.out
