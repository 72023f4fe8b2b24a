"""What WASS says in a scenario is read as PUT /v1/people reads it."""

from typing import Any

import pytest

from service.feed.person import Known, read_person
from service.login.asked import BadlyAskedError
from service.people.extract import Extract, PersonSaid
from service.scenarios.person import LONG_AGO, body_of, last_day_in

NOTHING = Known(properties=frozenset(), contracts=frozenset())
GIVEN: dict[str, Any] = {
    "population": "external",
    "coordinator": True,
    "roles": [{"code": "TRACS", "assigned": "2018-01-06"}, "IMAX"],
    "created": "2016-01-15",
    "rob_accepted": "2017-07-10",
    "last_activity": "2018-01-20",
    "unlocked": "2018-01-02",
    "properties": [800000001],
    "contracts": [39],
    "bpr": [800000002],
    "wass": {
        "status": "terminated",
        "last_access": "2018-01-10",
        "password_changed": "2017-12-20",
    },
}


def _read(given: dict[str, Any], as_of: str = "2018-03-01") -> Extract:
    populations = frozenset(["external"])
    return read_person(
        "M10001", body_of(given), populations=populations, as_of=as_of, known=NOTHING
    )


def test_every_field_of_a_scenario_finds_its_column() -> None:
    assert _read(GIVEN) == Extract(
        people={
            "M10001": PersonSaid(
                id="M10001",
                population="external",
                created_on="2016-01-15",
                coordinator=True,
                terminated=True,
                wass_last_access_on="2018-01-10",
                password_changed_on="2017-12-20",
                last_activity_on="2018-01-20",
                rob_accepted_on="2017-07-10",
            )
        },
        roles={("M10001", "TRACS"): "2018-01-06", ("M10001", "IMAX"): ""},
        property_assignments=frozenset([("M10001", 800000001)]),
        contract_assignments=frozenset([("M10001", "39")]),
        business_partners=frozenset([("M10001", 800000002)]),
    )


def test_the_last_day_spoken_of_is_found_wherever_it_stands() -> None:
    assert last_day_in(body_of(GIVEN)) == "2018-01-20"
    assert last_day_in(body_of({"roles": [{"code": "TCC", "assigned": "2018-01-06"}]})) == (
        "2018-01-06"
    )
    assert last_day_in(body_of({})) == LONG_AGO


def test_what_a_put_would_refuse_a_scenario_refuses() -> None:
    wrong = {**GIVEN, "wass": {"status": "asleep", "mood": "good"}, "properties": ["Oaks"]}

    with pytest.raises(BadlyAskedError) as refused:
        _read(wrong, as_of="2018-01-19")

    assert set(refused.value.errors) == {
        *("wass_status", "mood", "properties[0]", "last_activity_on")
    }
