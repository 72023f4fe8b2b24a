"""Days of US Eastern time, the ninetieth of them, and the windows of a population."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from service.core.calendar import NO_LIMIT, CertificationWindow, WeeklyLimit
from service.core.judge import Judge
from service.core.rulebook import read_rulebook
from tests.core.policy_texts import changed, replaced, shipped
from tests.core.standings import AUTUMN, CALENDAR, INSIDE, NEXT, person

BOOK = read_rulebook(shipped())
JUDGE = Judge(BOOK)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("activity", "its_day", "first_locked"),
    [
        ("2025-12-09T04:30:00Z", "2025-12-08", "2026-03-09T04:00:00Z"),
        ("2026-08-04T04:30:00Z", "2026-08-04", "2026-11-03T05:00:00Z"),
        ("2026-10-03T03:59:00Z", "2026-10-02", "2027-01-01T05:00:00Z"),
        ("2027-12-01T17:00:00Z", "2027-12-01", "2028-03-01T05:00:00Z"),
        ("2026-12-01T17:00:00Z", "2026-12-01", "2027-03-02T05:00:00Z"),
        ("2037-11-01T12:00:00Z", "2037-11-01", "2038-01-31T05:00:00Z"),
    ],
)
def test_the_ninetieth_eastern_day_passes_whole_and_the_next_instant_is_locked(
    activity, its_day, first_locked
):
    day = BOOK.calendar.day_of(datetime.fromisoformat(activity))
    locked_at = datetime.fromisoformat(first_locked)

    last_allowed = _login_at(locked_at - MICROSECOND, last_activity_on=day)
    locked = _login_at(locked_at, last_activity_on=day)

    assert day == its_day
    assert (last_allowed.allowed, last_allowed.codes) == (True, ("OK",))
    assert (locked.allowed, locked.codes) == (False, ("INACTIVE",))


def test_activity_in_the_future_is_no_idle_day():
    assert person("2018-01-01", "2018-01-02").at("imax").user.days_idle == 0


def _login_at(instant, last_activity_on):
    """The decision about an external coordinator, who needs nothing but activity."""
    someone = person(
        BOOK.calendar.day_of(instant),
        last_activity_on,
        marked_coordinator=True,
        bpr=frozenset({1}),
        rob_accepted_on=last_activity_on,
    )
    return JUDGE("login", someone.at("imax"))


@pytest.mark.parametrize("hours", [-12, -5, 0, 14])
def test_an_instant_has_one_day_in_whatever_zone_it_is_written(hours):
    instant = datetime(2026, 3, 9, 3, 59, 59, 999999, tzinfo=UTC)

    assert CALENDAR.day_of(instant.astimezone(timezone(timedelta(hours=hours)))) == "2026-03-08"
    assert CALENDAR.day_of(instant.astimezone(ZoneInfo("Asia/Tokyo"))) == "2026-03-08"


@pytest.mark.parametrize(
    ("day", "window"),
    [
        ("2017-01-01", AUTUMN),
        ("2017-08-31", AUTUMN),
        ("2017-09-01", AUTUMN),
        ("2017-12-31", AUTUMN),
        ("2018-01-01", NEXT),
        ("2018-11-30", NEXT),
        ("2018-12-01", None),
    ],
)
def test_a_flag_waits_for_the_open_window_or_else_the_next_announced(day, window):
    assert CALENDAR.open_or_next("external", day) == window


def test_a_population_without_windows_has_none():
    assert CALENDAR.open_or_next("nobody", "2017-10-01") is None
    assert CALENDAR.opened("nobody", "2017-10-01") == []


def test_a_window_matures_the_day_after_its_last():
    assert AUTUMN.matures_on == "2018-01-01"
    assert CertificationWindow("2020-02-01", "2020-02-28").matures_on == "2020-02-29"


@pytest.mark.parametrize(
    ("day", "first", "closed"),
    [
        ("2017-08-31", "", ""),
        ("2017-09-01", "2017-09-01", ""),
        ("2017-12-31", "2017-09-01", ""),
        ("2018-01-01", "2017-09-01", "2017-09-01"),
        ("2018-09-01", "2017-09-01", "2017-09-01"),
        ("2018-12-01", "2017-09-01", "2018-09-01"),
    ],
)
def test_the_windows_that_opened_and_the_latest_that_closed(day, first, closed):
    window = person(day).window

    assert (window.first_opens_on, window.closed_opens_on) == (first, closed)


def test_inside_hud_the_internal_windows_count():
    assert person("2017-12-01", population="hud_staff").window.closed_opens_on == INSIDE.opens


@pytest.mark.parametrize(
    ("day", "population", "is_open"),
    [
        ("2017-08-31", "external", False),
        ("2017-09-01", "external", True),
        ("2017-12-31", "external", True),
        ("2018-01-01", "external", False),
        ("2018-09-01", "external", True),
        ("2018-12-01", "external", False),
        ("2017-09-30", "hud_staff", False),
        ("2017-10-01", "hud_staff", True),
        ("2017-11-30", "hud_staff", True),
        ("2017-12-01", "hud_staff", False),
    ],
)
def test_a_window_is_open_from_its_first_day_to_its_last(day, population, is_open):
    someone = person(day, population=population)

    assert someone.window.open is is_open
    assert CALENDAR.is_open(someone.windows, day) is is_open


def test_no_window_of_a_population_without_any_is_open():
    assert not CALENDAR.is_open("nobody", "2017-10-01")


def test_a_weekly_limit_is_read_and_none_is_none():
    limit = """
weekly_coordinator_limit:
  coordinators: 2
  days: 7
  until: 2017-10-31
  authority: Q&A 28

windows:
"""
    limited = changed("calendar.yaml", replaced("\nwindows:\n", limit))

    calendar = read_rulebook(limited).calendar

    assert calendar.weekly_limit == WeeklyLimit(coordinators=2, days=7, until="2017-10-31")
    assert BOOK.calendar.weekly_limit == NO_LIMIT
    assert calendar.windows == BOOK.calendar.windows


@pytest.mark.parametrize("days", [0, 7, 30])
def test_the_days_of_the_close_out_are_read(days):
    said = shipped()["calendar.yaml"].decode().partition("after_days: ")[2].partition("\n")[0]
    texts = shipped()
    texts["calendar.yaml"] = texts["calendar.yaml"].replace(
        f"after_days: {said}".encode(), f"after_days: {days}".encode()
    )

    assert read_rulebook(texts).calendar.close_out_after == days
