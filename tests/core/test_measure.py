"""Measuring: days, years, and what is known of a person, a contract and a property."""

import itertools
from datetime import timedelta

import pytest

from service.core.elapsed import days_between, years_between
from service.core.judge import Judge
from service.core.login_facts import User
from service.core.measure import Person
from service.core.nobody import NO_PROPERTY, nobody_at
from service.core.rulebook import read_rulebook
from service.core.standing import Request, from_plain, to_plain
from tests.core.policy_texts import shipped
from tests.core.standings import PLAIN, flag, person, request
from tests.database.crowd import crowd

BOOK = read_rulebook(shipped())
JUDGE = Judge(BOOK)
TODAY = "2026-03-02"
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        ("2017-07-28", "2017-07-28", 0),
        ("2017-07-28", "2017-07-29", 1),
        ("2017-07-24", "2017-10-22", 90),
        ("2016-02-28", "2016-03-01", 2),
        ("2017-02-28", "2017-03-01", 1),
        ("2026-03-07", "2026-03-09", 2),
        ("2017-07-29", "2017-07-28", 0),
        ("", "2017-07-28", 0),
        ("2017-07-28", "", 0),
        ("", "", 0),
        ("0001-01-01", "9999-12-31", 3652058),
    ],
)
def test_days_are_calendar_days_and_never_negative(earlier, later, days):
    assert days_between(earlier, later) == days


@pytest.mark.parametrize(
    ("earlier", "later", "years"),
    [
        ("2017-07-10", "2018-07-09", 0),
        ("2017-07-10", "2018-07-10", 1),
        ("2017-07-10", "2019-07-09", 1),
        ("2016-02-29", "2017-02-28", 0),
        ("2016-02-29", "2017-03-01", 1),
        ("2016-02-29", "2020-02-28", 3),
        ("2016-02-29", "2020-02-29", 4),
        ("2017-02-28", "2018-02-28", 1),
        ("2017-12-31", "2018-01-01", 0),
        ("2018-07-10", "2017-07-10", 0),
        ("", "2018-07-10", 0),
    ],
)
def test_a_year_is_complete_on_the_same_day_and_29_february_on_1_march(earlier, later, years):
    assert years_between(earlier, later) == years


@pytest.mark.parametrize(
    ("activity", "changes", "idle"),
    [
        ("2018-01-01", {}, 9),
        ("2018-01-01", {"unlocked_on": "2018-01-05"}, 5),
        ("2018-01-06", {"unlocked_on": "2018-01-05"}, 4),
        ("", {"unlocked_on": "2018-01-05"}, 5),
        ("", {}, 166),
        ("", {"created_on": "2018-01-09"}, 1),
    ],
)
def test_idle_days_run_from_the_later_of_activity_and_unlock(activity, changes, idle):
    assert person("2018-01-10", activity, **changes).at("imax").user.days_idle == idle


def test_wass_days_run_to_the_day_wass_last_spoke():
    said = {"wass_spoke_on": "2018-01-05", "wass_last_access_on": "2018-01-01"}

    user = person("2018-12-31", password_changed_on="2017-12-26", **said).at("imax").user

    assert (user.wass_days_idle, user.password_days) == (4, 10)


def test_what_wass_never_said_counts_nothing():
    user = person("2018-12-31", wass_spoke_on="2018-01-05").at("imax").user

    assert (user.wass_days_idle, user.password_days) == (0, 0)


@pytest.mark.parametrize(
    ("accepted", "known_on", "years"),
    [("", "", 0), ("2017-01-10", "2017-01-10", 1), ("2018-01-11", "", 0)],
)
def test_an_acceptance_of_a_later_day_is_not_known_yet(accepted, known_on, years):
    user = person("2018-01-10", rob_accepted_on=accepted).at("imax").user

    assert (user.rob_accepted_on, user.rob_years) == (known_on, years)


@pytest.mark.parametrize(
    ("marked", "bpr", "population", "coordinator"),
    [
        (True, {1}, "external", True),
        (True, set(), "external", False),
        (False, {1}, "external", False),
        (True, set(), "hud_staff", True),
    ],
)
def test_a_coordinator_outside_hud_has_a_relationship(marked, bpr, population, coordinator):
    someone = person(
        "2018-01-10", marked_coordinator=marked, bpr=frozenset(bpr), population=population
    )

    assert someone.at("imax").user.coordinator is coordinator


def test_a_request_counts_from_its_own_day_and_only_when_in_scope():
    requests = (
        request("M90001", on="2017-10-03"),
        request("M90002", on="2017-10-04", counts=False),
        request("M90003", on="2017-10-06"),
    )

    days = [
        person(day, requests=requests).at("imax").user.certified_on
        for day in ("2017-10-02", "2017-10-03", "2017-10-05", "2017-10-06")
    ]

    assert days == ["", "2017-10-03", "2017-10-03", "2017-10-06"]


def test_a_property_is_certified_by_what_covers_it():
    requests = (request("M90001"), Request("H90001", "2017-10-05", True, True, frozenset()))
    login = person("2017-10-04", requests=requests).at("tracs_menu")

    before = [person("2017-10-04", requests=requests).opening(login, p, "") for p in (1, 2)]
    after = person("2017-10-05", requests=requests).opening(login, 2, "")

    assert [each.property.certified_on for each in before] == ["2017-10-03", ""]
    assert after.property.certified_on == "2017-10-05"


def test_properties_are_those_assigned_of_contracts_and_a_coordinators_own():
    changes = {"contracts": {"DC39": frozenset({3})}, "bpr": frozenset({4})}
    plain = person("2018-01-10", **changes)
    coordinator = person("2018-01-10", marked_coordinator=True, **changes)

    opened = plain.opening(plain.at("tracs_menu"), 3, "DC39")
    other = plain.opening(plain.at("tracs_menu"), None, "DC40")

    assert (plain.properties, coordinator.properties) == ({1, 2, 3}, {1, 2, 3, 4})
    assert (opened.property.assigned, opened.contract.assigned) == (True, True)
    assert (other.property, other.contract.named, other.contract.assigned) == (
        NO_PROPERTY,
        True,
        False,
    )


def test_properties_together_have_equal_facts_at_every_entry_and_none_is_left_out():
    several = 0
    for each in crowd(500, TODAY):
        someone = Person(each.standing, "", BOOK.calendar, BOOK.catalogue, TODAY)

        groups = someone.properties_alike()

        several += len(groups) > 1
        assert sorted(p for group in groups for p in group) == sorted(someone.properties)
        for entry, group in itertools.product(BOOK.catalogue.entries, groups):
            assert len({someone.property_at(entry, p) for p in group}) == 1
    assert several > 100


@pytest.mark.parametrize("count", [True, 1.0, "1", None])
def test_a_fact_of_another_type_is_refused(count):
    values = {name: getattr(nobody_at("rob", "2018-01-01").user, name) for name in User.__slots__}

    with pytest.raises(TypeError, match="fact days_idle: expected int"):
        User(**{**values, "days_idle": count})


def test_a_standing_is_the_same_again_from_its_plain_form():
    someone = person(
        "2018-01-10",
        contracts={"DC39": frozenset({3})},
        requests=(request("M90001"),),
        flags=(flag("TRACS"),),
    ).standing

    assert from_plain(to_plain(someone)) == someone != PLAIN
