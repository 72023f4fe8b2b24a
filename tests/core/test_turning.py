"""The outlook moves the day only where something may turn; asking on every day finds no more."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest

from service.core.actions import declared
from service.core.facts import Kind
from service.core.inquiry import Inquiry
from service.core.judge import Judge
from service.core.rulebook import read_rulebook
from service.core.turning import GROWING, Turning
from service.login.decide import Evidence, decide, measured
from service.login.outlook.course import Course, Courses
from service.policy.active import Court
from tests.core.policy_texts import LOGIN, Change, changed, shipped
from tests.database.crowd import crowd

#: A thousand people are asked about in `make bench`.
TODAY, DAYS, PEOPLE = "2026-03-02", 400, 100
LAST = (date.fromisoformat(TODAY) + timedelta(days=DAYS - 1)).isoformat()
EVERY_DAY = [(date.fromisoformat(TODAY) + timedelta(days=n)) for n in range(DAYS)]
#: Other rows and dates, so that not only those of today are moved through rightly.
_IDLE, _END = "r.user.days_idle > 90", "# End of login.csv"
_ROW = "# Said here.\n# Authority: Recertification Guide 1.0\np, login, deny, INACTIVE, {}\n\n"


def _with(condition: str) -> Change:
    return lambda text: text.replace(_END, _ROW.format(condition) + _END)


CHANGES: dict[str, tuple[str, Change]] = {
    "one day less": (LOGIN, lambda text: text.replace(_IDLE, "r.user.days_idle >= 90")),
    "sixty days": (LOGIN, lambda text: text.replace(_IDLE, "r.user.days_idle > 60")),
    "exactly one day": (LOGIN, lambda text: text.replace(_IDLE, "r.user.days_idle == 75")),
    "until a day": (LOGIN, _with("r.user.known && r.today <= '2026-07-04'")),
    "on a day": (LOGIN, _with("r.user.known && r.today == '2026-07-04'")),
    "more than a year": (
        LOGIN,
        lambda text: text.replace("rob_years >= 1", "rob_years > 0"),
    ),
    "more than two years": (
        LOGIN,
        lambda text: text.replace("rob_years >= 1", "rob_years > 1"),
    ),
    "two years": (LOGIN, lambda text: text.replace("rob_years >= 1", "rob_years >= 2")),
    "two counts beside each other": (LOGIN, _with("r.user.days_idle > r.user.wass_days_idle")),
    "a day beside another": (LOGIN, _with("r.today > r.user.rob_accepted_on")),
    "another window": (
        "calendar.yaml",
        lambda text: text.replace(
            "opens: 2026-09-01\n    closes: 2026-12-31",
            "opens: 2026-06-01\n    closes: 2026-06-30",
        ),
    ),
}


def _court(change: tuple[str, Change] | None = None) -> Court:
    book = read_rulebook(changed(*change) if change else shipped())
    return Court(book, Judge(book))


def everybody(number: int) -> list[Evidence]:
    """So many of an invented crowd."""
    return [Evidence(each.standing, each.last_activity_on) for each in crowd(number, TODAY)]


def _said(course: Course) -> list[tuple[str, tuple[str, ...]]]:
    return [(turn.day, turn.decision.codes) for turn in course.turns]


def _asked_daily(evidence: Evidence, court: Court) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """What the rules of logins say on each day at every entry, where it changes."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for day in map(date.isoformat, EVERY_DAY):
        person = measured(evidence, court, day)
        assert person is not None
        for entry in court.book.catalogue.entries:
            _note(found, entry, day, court.judge("login", person.at(entry)).codes)
    return found


def _note(
    found: dict[str, list[tuple[str, tuple[str, ...]]]],
    entry: str,
    day: str,
    codes: tuple[str, ...],
) -> None:
    turns = found.setdefault(entry, [])
    if not turns or turns[-1][1] != codes:
        turns.append((day, codes))


def differing(court: Court, people: list[Evidence]) -> Iterator[str]:
    """The IDs of those of whom asking on every day says otherwise."""
    courses = Courses(court)
    for evidence in people:
        found = {each.entry: _said(each) for each in courses.of(evidence, TODAY, LAST)}
        if found != _asked_daily(evidence, court):
            assert evidence.standing is not None
            yield evidence.standing.person_id


def test_the_outlook_of_a_crowd_is_what_every_day_of_four_hundred_says() -> None:
    assert list(differing(_court(), everybody(PEOPLE))) == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_the_rules_ask_for_no_day_is_missed(change: tuple[str, Change]) -> None:
    assert list(differing(_court(change), everybody(12))) == []


def test_the_gate_itself_says_the_same_on_each_of_those_days() -> None:
    court = _court()
    zone = court.book.calendar.zone
    for evidence in islice(everybody(12), 12):
        assert evidence.standing is not None
        for course in Courses(court).of(evidence, TODAY, LAST):
            inquiry = Inquiry(user_id=evidence.standing.person_id, entry=course.entry)
            asked: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
            for day in EVERY_DAY:
                outcome = decide(inquiry, evidence, court, datetime.combine(day, time(12), zone))
                _note(asked, course.entry, day.isoformat(), outcome.decision.codes)
            assert asked[course.entry] == _said(course)


def test_a_count_that_grows_with_the_day_is_known_to_grow() -> None:
    court = _court()
    counts = {p for p, each in declared("login").items() if each.kind is Kind.COUNT}
    for evidence in everybody(200):
        days = [measured(evidence, court, day) for day in (TODAY, LAST)]
        facts = [person.at("rob") for person in days if person]
        grown = {
            name
            for name in counts
            if getattr(facts[0].user, name[5:]) != getattr(facts[1].user, name[5:])
        }
        assert grown <= GROWING.keys()


def test_most_days_are_never_looked_at() -> None:
    turning = Turning(_court().book)
    looked = [
        len(turning.days(each.standing, each.last_activity_on, TODAY, LAST))
        for each in everybody(100)
        if each.standing
    ]

    assert max(looked) < DAYS // 10
