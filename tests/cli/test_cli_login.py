"""gatehouse login: what would be decided and why; it records nothing."""

from sqlalchemy import Engine

from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell
from tests.database.wass import BOTH, ELMS, OAKS, Somebody, Wass, coordinator
from tests.web.asking import activity_of, codes, entries

ON = ("--day", "2026-03-02", "--json")


def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id="M10001", contracts=[BOTH]),
        Somebody(id="M10002", last_activity_on="2025-12-10", properties=[OAKS]),
        coordinator(),
        contracts={BOTH: [OAKS, ELMS]},
        certified=[("M10001", "M90001", "2025-10-01"), ("M10002", "M90001", "2025-10-01")],
    )


def test_who_would_come_in_is_a_yes_and_who_would_not_is_a_no(
    shell: Shell, wass: Wass, engine: Engine
) -> None:
    _people(wass)
    kept, used = len(entries(engine)), activity_of(engine, "M10001")

    comes_in = shell("login", "m10001", "--entry", "tracs_menu", *ON)
    locked = shell("login", "M77777", "--entry", "tracs_menu", *ON)

    assert (comes_in.code, comes_in.json["decision"]) == (YES, "allow")
    assert comes_in.json["as_of"] == "2026-03-02T12:00:00-05:00"
    assert (locked.code, codes(locked.json)) == (NO, ["USER_UNKNOWN"])
    assert "decision_id" not in comes_in.json
    assert (len(entries(engine)), activity_of(engine, "M10001")) == (kept, used)


def test_the_day_asked_for_is_the_day_that_is_judged(shell: Shell, wass: Wass) -> None:
    _people(wass)

    ninetieth = shell("login", "M10002", "--entry", "imax", "--day", "2026-03-10")
    after = shell("login", "M10002", "--entry", "imax", "--day", "2026-03-11")

    assert (ninetieth.code, after.code) == (YES, NO)
    assert '"INACTIVE"' in after.out


def test_a_property_and_a_contract_may_be_named(shell: Shell, wass: Wass) -> None:
    _people(wass)

    of_contract = shell(
        *("login", "M10001", "--entry", "tracs_menu", *ON),
        *("--property", OAKS, "--contract", BOTH),
    )
    stranger = shell(
        *("login", "M10001", "--entry", "tracs_menu", *ON),
        *("--property", 5, "--contract", BOTH),
    )

    assert of_contract.code == YES
    assert (stranger.code, stranger.out) == (WRONGLY_ASKED, "")
    assert "property_id" in stranger.err


def test_a_contract_is_read_in_capitals_as_over_http(shell: Shell, wass: Wass) -> None:
    _people(wass)

    asked = shell("login", "M10001", "--entry", "tracs_menu", *ON, "--contract", BOTH.lower())

    assert asked.code == YES


def test_what_is_asked_wrongly_is_told_and_not_answered(shell: Shell) -> None:
    wrong = [
        shell("login", "X1", "--entry", "tracs_menu"),
        shell("login", "M10001"),
        shell("login", "M10001", "--system", "TRACS"),
        shell("login", "M10001", "--entry", "rob", "--day", "2026-02-30"),
    ]

    assert [each.code for each in wrong] == [WRONGLY_ASKED] * 4
    assert [each.out for each in wrong] == [""] * 4
    assert all(each.err.startswith("login: ") for each in wrong)
