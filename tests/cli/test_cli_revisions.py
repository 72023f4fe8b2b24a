"""gatehouse policy publish, approve, activate, rollback, history, show: a person at a shell."""

from pathlib import Path

import pytest

from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell
from tests.web.asking import ANY_DATABASE

LOGIN = "rules/login.csv"


@pytest.fixture
def edited(shell: Shell, tmp_path: Path) -> Path:
    """The active policies, written to a folder and changed from ninety days to sixty."""
    folder = tmp_path / "policies"
    assert shell("policy", "show", "--to", folder).code == YES
    _edit(folder, "r.user.days_idle > 90", "r.user.days_idle > 60")
    return folder


def _edit(folder: Path, old: str, new: str) -> None:
    file = folder / LOGIN
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _token(shell: Shell, name: str, *scopes: str) -> str:
    options = [word for scope in scopes for word in ("--scope", scope)]
    return str(shell("client", "add", name, *options, "--json").json["token"])


def test_a_change_is_published_approved_shown_and_taken_back(shell: Shell, edited: Path) -> None:
    ann, cleo = _token(shell, "Ann", "author"), _token(shell, "Cleo", "approver")
    before = shell("policy", "show", "--json").json["digest"]

    published = shell(
        "policy", "publish", edited, "--note", "sixty", "--json", GATEHOUSE_TOKEN=ann
    )
    digest = published.json["digest"]
    approved = shell("policy", "approve", digest[:12], GATEHOUSE_TOKEN=cleo)
    shown = shell("policy", "show", "--json").json
    history = shell("policy", "history", "--json").json
    back = shell("policy", "rollback", GATEHOUSE_TOKEN=ann)

    assert (published.code, approved.code, back.code) == (YES, YES, YES)
    assert published.json["changes"] is True
    assert published.json["difference"]["situations"]
    assert (shown["digest"], shown["active"]) == (digest, True)
    assert shown["publications"][0]["note"] == "sixty"
    assert [move["how"] for move in history["activations"]] == ["approved", "installed"]
    assert shell("policy", "show", "--json").json["digest"] == before


@ANY_DATABASE
def test_what_is_published_says_what_changes_and_what_to_do_next(
    shell: Shell, edited: Path
) -> None:
    said = shell("policy", "publish", edited, GATEHOUSE_TOKEN=_token(shell, "Ann", "author"))

    assert said.code == YES
    assert "From allow to lock:" in said.out
    assert "No scenarios were played" in said.out
    assert "It counts when somebody else approves it: gatehouse policy approve" in said.out


@ANY_DATABASE
def test_scenarios_in_the_folder_are_played_and_their_sentences_are_told(
    shell: Shell, edited: Path
) -> None:
    _scenario(edited, idle_since="2025-12-22")
    said = shell("policy", "publish", edited, GATEHOUSE_TOKEN=_token(shell, "Ann", "author"))

    assert said.code == YES
    assert "Scenarios: 0 passed, 1 failed" in said.out
    assert "Seventy days are not too long" in said.out


@ANY_DATABASE
def test_nobody_approves_his_own_at_the_shell_either(shell: Shell, edited: Path) -> None:
    both = _token(shell, "Ben", "author", "approver")
    digest = shell("policy", "publish", edited, "--json", GATEHOUSE_TOKEN=both).json["digest"]

    refused = shell("policy", "approve", digest, GATEHOUSE_TOKEN=both)

    assert refused.code == NO
    assert "Refused: Ben published it; somebody else has to approve it." in refused.out


@ANY_DATABASE
def test_words_alone_are_activated_by_their_author(shell: Shell, edited: Path) -> None:
    _edit(edited, "days_idle > 60", "days_idle > 90")
    _edit(edited, "# Ninety days without use", "# Three months without use")
    ann = _token(shell, "Ann", "author")

    published = shell("policy", "publish", edited, GATEHOUSE_TOKEN=ann)
    digest = shell("policy", "history", "--json").json["publications"][0]["digest"]

    assert "It changes no decision; let it count: gatehouse policy activate" in published.out
    assert shell("policy", "activate", digest, GATEHOUSE_TOKEN=ann).code == YES


@ANY_DATABASE
def test_a_folder_with_a_mistake_is_not_published(shell: Shell, edited: Path) -> None:
    ann = _token(shell, "Ann", "author")
    _edit(edited, "r.user.days_idle > 60", "r.user.days_idel > 60")
    unreadable = shell("policy", "publish", edited, GATEHOUSE_TOKEN=ann)
    _edit(edited, "r.user.days_idel > 60", "r.user.days_idle > 120")
    disproven = shell("policy", "publish", edited, GATEHOUSE_TOKEN=ann)

    assert (unreadable.code, disproven.code) == (NO, NO)
    assert "unknown fact r.user.days_idel" in unreadable.err
    assert "Nobody idle beyond the limit" in disproven.out
    assert "Nothing is published" in disproven.err
    assert shell("policy", "history", "--json").json["publications"] == []


@ANY_DATABASE
@pytest.mark.parametrize("command", ["publish", "approve", "activate", "rollback"])
def test_a_step_needs_a_token_that_holds_its_scope(
    shell: Shell, edited: Path, command: str
) -> None:
    what = {"publish": [edited], "rollback": []}.get(command, ["0" * 12])

    unknown = shell("policy", command, *what, GATEHOUSE_TOKEN="gh_nobody")
    auditor = shell("policy", command, *what, GATEHOUSE_TOKEN=_token(shell, "Dora", "auditor"))

    assert (unknown.code, auditor.code) == (NO, NO)
    assert "The token is not one of a client" in unknown.err
    assert "Dora holds auditor" in auditor.err


@ANY_DATABASE
def test_show_prints_one_file_and_writes_over_none(shell: Shell, edited: Path) -> None:
    text = shell("policy", "show", "active", "--file", LOGIN)

    assert text.out.replace("> 90", "> 60", 2) != text.out
    assert text.out == (edited / LOGIN).read_text().replace("days_idle > 60", "days_idle > 90")
    assert shell("policy", "show", "--to", edited).code == WRONGLY_ASKED
    assert shell("policy", "show", "--file", "nothing.csv").code == NO
    assert shell("policy", "show", "0" * 12).code == WRONGLY_ASKED


@ANY_DATABASE
def test_history_tells_a_person_who_did_what(shell: Shell) -> None:
    said = shell("policy", "history")

    assert said.code == YES
    assert "installed" in said.out
    assert "The policies this Gatehouse ships" in said.out


def _scenario(folder: Path, *, idle_since: str) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "own.yaml").write_text(
        f"""# What the author expects.
scenarios:
  - name: "Seventy days are not too long"
    source: "R012"
    given:
      people:
        M10001: {{population: external, coordinator: true, roles: [TRACS], created: 2015-01-05,
                 rob_accepted: 2025-12-01, last_activity: {idle_since}, bpr: [1]}}
    steps:
      - {{login: M10001, entry: tracs_menu, day: 2026-03-02, expect: {{outcome: allow}}}}
"""
    )
