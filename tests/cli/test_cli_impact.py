"""gatehouse policy impact: who would be decided otherwise, and that it is what `decide` says."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update

from models.engine import reading
from models.people import Person
from models.policy import ActiveRevision
from service.cli.asked import as_of
from service.cli.looking import look
from service.clock import system_clock
from service.core.inquiry import Inquiry
from service.login.decide import Evidence, Outcome, decide
from service.login.gate import log_in
from service.login.impact.people import People
from service.login.impact.question import Question
from service.people.caller import Caller
from service.policy.active import Court, court_of
from service.policy.folder import SHIPPED, read_folder, read_texts
from service.wiring import Wiring
from tests.cli.command import NO, NO_ANSWER, WRONGLY_ASKED, YES, Said, Shell
from tests.database.crowd import Invented, crowd, fill
from tests.database.wass import TODAY, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, entries

Edit = tuple[str, str, str]
IDLE = ("rules/login.csv", "r.user.days_idle > 90 ", "r.user.days_idle > 60 ")
_INACTIVE = "INACTIVE, r.user.days_idle > 90 && r.today >= '2017-10-22'"
_NO_ROLE = "NO_ROLE, r.user.known && !r.user.entry_role_held && !r.user.entry_role_removed"
EDITS: dict[str, list[Edit]] = {
    "a row": [IDLE],
    "a row that asks for the entry": [
        ("rules/login.csv", "r.entry != 'rob' && r.user.rob_years >= 1", "r.user.rob_years >= 2")
    ],
    "a row that asks for roles": [
        ("rules/login.csv", "r.user.known && !r.user.entry_role_held && ", "r.user.known && ")
    ],
    "rows in another order": [
        ("rules/login.csv", _INACTIVE, "-"),
        ("rules/login.csv", _NO_ROLE, _INACTIVE),
        ("rules/login.csv", " -\n", f" {_NO_ROLE}\n"),
    ],
    "a row of properties that lets more in": [
        (
            "rules/open_property.csv",
            "r.property.certified_on < r.window.closed_opens_on && !",
            "r.property.certified_on < r.window.first_opens_on && !",
        )
    ],
    "a row of properties that lets fewer in": [
        ("rules/open_property.csv", "named && r.property.role_removed", "named")
    ],
    "a window": [("calendar.yaml", "opens: 2025-09-01", "opens: 2025-11-01")],
    "where days begin": [("calendar.yaml", "America/New_York", "Asia/Tokyo")],
    "what a role opens": [("roles.yaml", "[rob, imax, imax_admin, imax_ws]", "[rob, imax]")],
    "who is a coordinator": [("roles.yaml", "    coordinator_needs_bpr: true\n", "")],
    "an entry by another name": [
        ("systems.yaml", "  imax_ws:\n", "  imax_net:\n"),
        ("roles.yaml", "imax_ws]", "imax_net]"),
    ],
}


def changed(folder: Path, *edits: Edit) -> Path:
    """A copy of the shipped policies below *folder*, with *edits*."""
    policies = Path(shutil.copytree(SHIPPED, folder / "changed"))
    for file, old, new in edits:
        text = (policies / file).read_text(encoding="utf-8")
        assert old in text
        (policies / file).write_text(text.replace(old, new), encoding="utf-8")
    return policies


@pytest.fixture
def sixty(tmp_path: Path) -> Path:
    """Policies that lock after sixty days without use."""
    return changed(tmp_path, IDLE)


@cache
def invented() -> list[Invented]:
    """A thousand people, each otherwise."""
    return list(crowd(1_000, TODAY))


def idle(person_id: str, days: int, *, before: str = TODAY) -> Somebody:
    """A coordinator whom nothing else keeps out, so many days without use *before* a day."""
    used = (date.fromisoformat(before) - timedelta(days=days)).isoformat()
    return replace(coordinator(person_id), last_activity_on=used, rob_accepted_on=used)


def flips(told: Said) -> list[tuple[Any, ...]]:
    """Each flip of a JSON document: who, where, both answers, how many properties."""
    assert told.code in (YES, NO), told.err
    about = ("person_id", "entry", "before", "before_reason", "after", "after_reason")
    counts = ("properties_opened", "properties_refused", "properties_refused_otherwise")
    return sorted(tuple(flip[key] for key in (*about, *counts)) for flip in told.json["flips"])


def one_by_one(before: Court, after: Court, day: str) -> Iterator[tuple[Any, ...]]:
    """The same, found by deciding about everybody at each entry by both, one by one."""
    at = as_of(day, system_clock, before.book.calendar)
    for each in invented():
        evidence = Evidence(each.standing, each.last_activity_on)
        for entry in {**before.book.catalogue.entries, **after.book.catalogue.entries}:
            inquiry = Inquiry(user_id=each.standing.person_id, entry=entry)
            said = [
                decide(inquiry, evidence, court, at)
                if entry in court.book.catalogue.entries
                else None
                for court in (before, after)
            ]
            answers = [_answer(outcome) for outcome in said]
            counts = _counts(*said)
            if answers[0] != answers[1] or any(counts):
                yield (inquiry.user_id, entry, *answers[0], *answers[1], *counts)


def _answer(outcome: Outcome | None) -> tuple[str, str]:
    if outcome is None:
        return "lock", ""
    return "allow" if outcome.decision.allowed else "lock", outcome.decision.reason


def _counts(before: Outcome | None, after: Outcome | None) -> tuple[int, int, int]:
    if not (before and after and before.decision.allowed and after.decision.allowed):
        return 0, 0, 0
    one, other = dict(before.refused), dict(after.refused)
    otherwise = [p for p in one if p in other and one[p] != other[p]]
    return len(one.keys() - other), len(other.keys() - one), len(otherwise)


def test_who_would_be_locked_is_named_with_entry_and_reason(
    shell: Shell, wass: Wass, engine: Engine, sixty: Path
) -> None:
    wass.knows(*(idle(f"M900{days}", days) for days in (60, 61, 90, 91)))
    kept = len(entries(engine))

    told = shell("policy", "impact", sixty, "--day", TODAY)
    plain = shell("policy", "impact", sixty, "--day", TODAY, "--json")

    assert (told.code, told.err) == (NO, "")
    assert "Looked at 4 people: 2 otherwise.\n" in told.out
    assert "2 people would be locked at tracs_menu: INACTIVE\n" in told.out
    locked = ("allow", "OK", "lock", "INACTIVE", 0, 0, 0)
    at = ("imax", "imax_admin", "imax_ws", "rob", "tracs_menu")
    assert flips(plain) == [(who, e, *locked) for who in ("M90061", "M90090") for e in at]
    assert {flip["day"] for flip in plain.json["flips"]} == {TODAY}
    assert len(entries(engine)) == kept


def test_who_would_come_in_is_told_too(shell: Shell, wass: Wass, tmp_path: Path) -> None:
    wass.knows(idle("M90091", 91))
    longer = changed(
        tmp_path, ("rules/login.csv", "r.user.days_idle > 90 ", "r.user.days_idle > 99 ")
    )

    told = shell("policy", "impact", longer, "--day", TODAY)

    assert told.code == NO
    assert "1 person would come in at imax: no longer INACTIVE\n" in told.out


@ANY_DATABASE
def test_until_a_day_says_from_which_day_on_and_for_how_many(
    shell: Shell, wass: Wass, sixty: Path
) -> None:
    today = read_folder(SHIPPED).calendar.day_of(system_clock())
    wass.knows(idle("M90055", 55, before=today))
    last = (date.fromisoformat(today) + timedelta(days=9)).isoformat()

    told = shell("policy", "impact", sixty, "--until", last, "--json")

    ((day, days),) = {(flip["day"], flip["days"]) for flip in told.json["flips"]}
    used = date.fromisoformat(today) - timedelta(days=55)
    assert date.fromisoformat(day) == used + timedelta(days=61)
    assert days == (date.fromisoformat(last) - date.fromisoformat(day)).days + 1
    assert told.json["flipped"] == 1
    shown = shell("policy", "impact", sixty, "--until", last)
    assert "FIRST DAY" in shown.out
    assert "1 person would be locked at rob: INACTIVE\n" in shown.out


def test_decisions_of_the_last_days_are_derived_again_from_their_record(
    shell: Shell, wass: Wass, parts: Wiring, sixty: Path
) -> None:
    today = read_folder(SHIPPED).calendar.day_of(system_clock())
    wass.knows(*(idle(f"M900{days}", days, before=today) for days in (10, 65, 80)))
    asked = {"M90010": 4, "M90065": 4, "M99999": 4, "M90080": 200}
    recorded = {user_id: _logs_in(parts, user_id, hours) for user_id, hours in asked.items()}
    wass.knows()  # nobody is as he was then

    told = shell("policy", "impact", sixty, "--decisions", 3, "--json")

    (flip,) = told.json["flips"]
    assert (told.code, told.json["looked_at"], told.json["flipped"]) == (NO, 3, 1)
    assert (flip["person_id"], flip["decision_id"]) == ("M90065", recorded["M90065"])
    assert (flip["before"], flip["after_reason"]) == ("allow", "INACTIVE")
    shown = shell("policy", "impact", sixty, "--decisions", 30)
    assert "2 decisions would be locked at rob: INACTIVE\n" in shown.out
    assert recorded["M90080"] in shown.out


def _logs_in(parts: Wiring, user_id: str, hours: int) -> str:
    """Let somebody log in so many *hours* ago; the decision's id."""
    at = system_clock() - timedelta(hours=hours)
    inquiry, caller = Inquiry(user_id=user_id, entry="rob"), Caller("test")
    with parts.engine.begin() as connection:
        done = log_in(connection, inquiry, courts=parts.courts, as_of=at, caller=lambda *_: caller)
    return done.written.entry_id


@pytest.mark.parametrize("kind", list(EDITS))
@ANY_DATABASE
def test_it_says_what_deciding_one_by_one_says(
    shell: Shell, engine: Engine, tmp_path: Path, kind: str
) -> None:
    other = changed(tmp_path, *EDITS[kind])
    fill(engine, invented())
    before, after = court_of(read_texts(SHIPPED)), court_of(read_texts(other))

    told = shell("policy", "impact", other, "--day", TODAY, "--json")

    expected = sorted(one_by_one(before, after, TODAY))
    assert expected
    assert flips(told) == expected
    assert told.json["looked_at"] == len(invented())
    assert told.json["flipped"] == len({flip[0] for flip in expected})


def test_several_processes_see_what_one_sees_in_the_same_order(
    engine: Engine, sixty: Path
) -> None:
    fill(engine, invented())
    noon = as_of(TODAY, system_clock, read_folder(SHIPPED).calendar)
    question = Question(read_texts(SHIPPED), read_texts(sixty), People((noon,)))
    with reading(engine).begin() as connection:
        stretches = question.of.stretches(connection, 300)

    alone = list(look(question, stretches, engine, processes=1))
    together = list(look(question, stretches, engine, processes=2))

    assert [each.rows for each in stretches] == [300, 300, 300, 100]
    assert together == alone
    assert any(alone)


@ANY_DATABASE
def test_every_flip_goes_to_a_file_and_the_first_twenty_are_shown(
    shell: Shell, engine: Engine, sixty: Path, tmp_path: Path
) -> None:
    fill(engine, invented())
    file, asked = tmp_path / "flips.csv", ("policy", "impact", sixty, "--day", TODAY)

    told = shell(*asked, "--csv", file)
    here = shell(*asked, "--csv", "-")
    whole = shell(*asked, "--json").json

    rows = list(csv.DictReader(StringIO(here.out)))
    assert file.read_text(encoding="utf-8") == here.out
    assert rows == [{key: str(value) for key, value in flip.items()} for flip in whole["flips"]]
    assert len(rows) > 20
    assert f"and {len(rows) - 20} more: --csv FILE\n" in told.out
    counted = Counter(flip["organisation"] for flip in whole["flips"])
    assert {each["organisation"] for each in whole["organisations"]} == set(counted)
    assert sum(each["count"] for each in whole["counts"]) == len(rows)


@ANY_DATABASE
def test_by_the_same_rules_nobody_is_decided_otherwise(shell: Shell, engine: Engine) -> None:
    fill(engine, invented())

    told = shell("policy", "impact", SHIPPED, "--day", TODAY)
    plain = shell("policy", "impact", SHIPPED, "--json")
    decided = shell("policy", "impact", SHIPPED, "--decisions", 1)

    assert (told.code, told.out) == (YES, "Looked at 1,000 people: none otherwise.\n")
    assert (plain.code, plain.json["flips"], plain.json["flipped"]) == (YES, [], 0)
    assert (decided.code, decided.out) == (YES, "Looked at 0 decisions: none otherwise.\n")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["no-such-thing"], "expected a policy folder"),
        ([SHIPPED, "--day", "2026-02-30"], "--day: expected a day as YYYY-MM-DD"),
        ([SHIPPED, "--until", "tomorrow"], "--until: expected a day as YYYY-MM-DD"),
        ([SHIPPED, "--until", "2020-01-01"], "--until: expected a day from "),
        ([SHIPPED, "--day", TODAY, "--decisions", "3"], "expected one of --day, --until"),
        ([SHIPPED, "--decisions", "0"], "--decisions"),
        ([SHIPPED, "--csv", "/no/such/folder/file.csv"], "--csv: "),
        ([SHIPPED, "--csv", "-", "--json"], "--csv: expected a file"),
    ],
)
@ANY_DATABASE
def test_what_is_asked_wrongly_is_told_in_a_sentence(
    shell: Shell, asked: list[object], said: str
) -> None:
    told = shell("policy", "impact", *asked)

    assert (told.code, told.out) == (WRONGLY_ASKED, "")
    assert said in told.err


@ANY_DATABASE
def test_a_mistake_in_the_policies_is_told_with_its_line(shell: Shell, tmp_path: Path) -> None:
    broken = changed(tmp_path, ("rules/login.csv", "r.user.days_idle > 90 ", "r.user.idle > 90 "))

    told = shell("policy", "impact", broken)

    assert (told.code, told.out) == (WRONGLY_ASKED, "")
    assert "rules/login.csv:" in told.err


@ANY_DATABASE
def test_without_active_policies_or_for_a_population_that_is_gone_there_is_no_answer(
    shell: Shell, engine: Engine, sixty: Path
) -> None:
    fill(engine, invented()[:5])
    with engine.begin() as connection:
        connection.execute(update(Person).values(population="somebody_else"))
    strangers = shell("policy", "impact", sixty)
    with engine.begin() as connection:
        connection.execute(delete(ActiveRevision))

    nothing = shell("policy", "impact", sixty)

    assert (strangers.code, nothing.code) == (NO_ANSWER, NO_ANSWER)
    assert "lacks the population somebody_else" in strangers.err
