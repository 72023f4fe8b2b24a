"""gatehouse ledger replay: decisions derived again, by their own rulebook or by another."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models.ledger import Entry
from service.policy.folder import SHIPPED
from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell
from tests.core.policy_texts import LOGIN, changed
from tests.database.owner import unguard
from tests.database.wass import (
    IN_LAST_WINDOW,
    OAKS,
    TODAY,
    Somebody,
    Wass,
    coordinator,
    extract_of,
)
from tests.web.asking import ANY_DATABASE, Gate

_IDLE, _SIXTY = "r.user.days_idle > 90 ", "r.user.days_idle > 60 "
_DAYS = {
    59: "2026-01-02",
    60: "2026-01-01",
    61: "2025-12-31",
    90: "2025-12-02",
    91: "2025-12-01",
}


@pytest.fixture
def logins(wass: Wass, gate: Gate) -> dict[int, str]:
    """The decisions about people who are idle for so many days."""
    people = {
        number: Somebody(id=f"M100{number}", properties=(OAKS,), last_activity_on=day)
        for number, day in _DAYS.items()
    }
    certified = [(each.id, "M90001", IN_LAST_WINDOW) for each in people.values()]
    wass.says(extract_of(*people.values(), coordinator(), certified=certified))
    return {n: gate.login(each.id, "imax")["decision_id"] for n, each in people.items()}


@pytest.fixture
def sixty(tmp_path: Path) -> Path:
    """The shipped policies but for the days."""
    folder = tmp_path / "sixty"
    for path, text in changed(LOGIN, lambda text: text.replace(_IDLE, _SIXTY)).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    return folder


def test_the_command_finds_all_equal(shell: Shell, logins: dict[int, str]) -> None:
    told, plain = shell("ledger", "replay"), shell("ledger", "replay", "--json")

    assert (told.code, plain.code) == (YES, YES)
    assert told.out == f"{len(logins)} decisions derived again, all equal.\n"
    assert plain.json == {"decisions": len(logins), "differences": []}


def test_the_command_lists_what_another_rulebook_would_have_decided(
    shell: Shell, logins: dict[int, str], sixty: Path
) -> None:
    told, plain = (shell("ledger", "replay", "--with", sixty, *more) for more in ((), ("--json",)))

    assert (told.code, plain.code) == (NO, NO)
    assert {d["entry_id"] for d in plain.json["differences"]} == {logins[61], logins[90]}
    assert f'{logins[61]}: outcome: recorded "allow", derived "lock"' in told.out
    assert f"{len(logins)} decisions derived again, 2 of them otherwise." in told.out


def test_only_the_days_asked_for_are_derived(shell: Shell, logins: dict[int, str]) -> None:
    before = shell("ledger", "replay", "--to", TODAY, "--json")
    then = shell("ledger", "replay", "--from", TODAY, "--json")

    assert (before.json["decisions"], then.json["decisions"]) == (0, len(logins))


@ANY_DATABASE
def test_evidence_that_was_changed_does_not_come_out(
    shell: Shell, logins: dict[int, str], engine: Engine
) -> None:
    idle = Entry.id == logins[91]
    with engine.begin() as owner:
        unguard(owner, "entry")
        body = bytes(owner.execute(select(Entry.body).where(idle)).scalar_one())
        forged = body.replace(
            b'"last_activity_on":"2025-12-01"', b'"last_activity_on":"2026-02-01"'
        )
        assert forged != body
        owner.execute(update(Entry).where(idle).values(body=forged))

    found = shell("ledger", "replay", "--json")

    assert found.code == NO
    assert {(d["entry_id"], d["field"]) for d in found.json["differences"]} >= {
        (logins[91], "outcome")
    }


@ANY_DATABASE
def test_policies_that_are_none_are_asked_wrongly(shell: Shell) -> None:
    refused = shell("ledger", "replay", "--with", SHIPPED / "rules")

    assert refused.code == WRONGLY_ASKED
    assert refused.err.startswith("ledger replay: ")
