"""gatehouse outlook and gatehouse forecast: what will lock, for one person and for everybody."""

import csv
from io import StringIO
from pathlib import Path

from tests.cli.command import WRONGLY_ASKED, YES, Shell
from tests.database.wass import IN_LAST_WINDOW, OAKS, Somebody, Wass, coordinator, extract_of
from tests.web.asking import ANY_DATABASE

pytestmark = ANY_DATABASE
ON = ("--day", "2026-03-02")


def _staff(wass: Wass) -> None:
    """A new user nobody certified, one whose ninety days end in May, one who is locked."""
    staff = (
        Somebody(id="M10001", properties=(OAKS,), created_on="2026-01-15"),
        Somebody(id="M10002", properties=(OAKS,), last_activity_on="2026-02-25"),
        Somebody(id="M10003", properties=(OAKS,), last_activity_on="2025-11-01"),
    )
    certified = [(each, "M90001", IN_LAST_WINDOW) for each in ("M10002", "M10003")]
    ours = [("M90001", each.id) for each in staff]
    others = (coordinator(), coordinator("M90002"))
    wass.says(extract_of(*staff, *others, staff=ours, certified=certified))


def test_the_outlook_tells_each_entry_and_its_day(shell: Shell, wass: Wass) -> None:
    user = wass.knows_a_user(last_activity_on="2026-02-20")

    shown, told = shell("outlook", user, *ON), shell("outlook", user, *ON, "--json")

    assert (shown.code, told.code) == (YES, YES)
    assert {each["locks_on"] for each in told.json["entries"]} == {"2026-05-22"}
    assert "tracs_menu  allow  2026-05-22  INACTIVE" in shown.out


def test_a_badly_asked_outlook_is_told_what_was_expected(shell: Shell) -> None:
    nobody, never = (
        shell("outlook", "X1"),
        shell("outlook", "M10001", *ON, "--until", "2026-03-01"),
    )

    assert (nobody.code, never.code) == (WRONGLY_ASKED, WRONGLY_ASKED)
    assert "outlook: ID: expected an ID such as M10001" in nobody.err
    assert "outlook: until: expected a day from 2026-03-02 to" in never.err


def test_the_forecast_counts_people_for_each_day_and_reason(shell: Shell, wass: Wass) -> None:
    _staff(wass)

    found = shell("forecast", *ON, "--until", "2026-06-30", "--json").json

    assert (found["people"], found["from"], found["until"]) == (5, "2026-03-02", "2026-06-30")
    days = {(each["day"], each["reason"]): each["people"] for each in found["days"]}
    assert days == {
        ("2026-03-02", "INACTIVE"): 1,
        ("2026-03-02", "NEW_USER_NOT_CERTIFIED"): 1,
        ("2026-05-22", "INACTIVE"): 2,
        ("2026-05-27", "INACTIVE"): 1,
    }


def test_the_forecast_is_shared_out_to_coordinators(shell: Shell, wass: Wass) -> None:
    _staff(wass)

    found = shell("forecast", *ON, "--until", "2026-06-30", "--json").json

    shares = {(e["coordinator"], e["reason"]): e for e in found["coordinators"]}
    assert {coordinator for coordinator, _ in shares} == {"M90001"}
    inactive = shares["M90001", "INACTIVE"]
    assert (inactive["people"], inactive["first_day"]) == (2, "2026-03-02")


def test_every_lock_of_the_forecast_is_a_row_and_the_same_as_the_outlook(
    shell: Shell, wass: Wass, tmp_path: Path
) -> None:
    _staff(wass)
    file = tmp_path / "locks.csv"

    told = shell("forecast", *ON, "--csv", file)
    here = shell("forecast", *ON, "--csv", "-")

    rows = list(csv.DictReader(StringIO(file.read_text())))
    assert (told.code, here.code, here.out) == (YES, YES, file.read_text())
    for user in ("M10001", "M10002", "M10003", "M90001", "M90002"):
        outlook = shell("outlook", user, *ON, "--json").json["entries"]
        expected = {(e["entry"], e["locks_on"], e["reason"]) for e in outlook if e["locks_on"]}
        found = [r for r in rows if r["person_id"] == user]
        assert {(r["entry"], r["day"], r["reason"]) for r in found} == expected


def test_the_forecast_is_told_in_tables(shell: Shell, wass: Wass) -> None:
    _staff(wass)

    told = shell("forecast", *ON)

    assert "day         reason" in told.out
    assert "coordinator  reason" in told.out
    assert "5 of 5 people are locked out of an entry, from 2026-03-02" in told.out


def test_a_file_that_cannot_be_written_is_asked_wrongly(shell: Shell, tmp_path: Path) -> None:
    refused = shell("forecast", "--csv", tmp_path / "no" / "where.csv")

    assert refused.code == WRONGLY_ASKED
    assert "forecast: --csv:" in refused.err
