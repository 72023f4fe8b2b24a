"""POST /v1/unlocks: who is opened again, by whom, and that it is all of them or none."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.certification import Unlock
from models.engine import reading
from tests.conftest import Clock
from tests.database.wass import OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import (
    ANY_DATABASE,
    MANAGED,
    Gate,
    Subsystem,
    activity_of,
    codes,
    entries,
    wrong,
)

PATH = "/v1/unlocks"
IDLE = "2025-11-01"
HELP_DESK = "H90009"


def _unlocks(engine: Engine) -> list[tuple[str, str, str]]:
    query = select(Unlock.person_id, Unlock.unlocked_by, Unlock.unlocked_on)
    with reading(engine).begin() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


def _idle(user_id: str, **differently: Any) -> Somebody:
    return Somebody(
        **{"id": user_id, "properties": (OAKS,), "last_activity_on": IDLE, **differently}
    )


@pytest.fixture
def _people(wass: Wass) -> None:
    """M10001 to M10005 of the staff can be unlocked; nobody of the others."""
    staff = [
        *(_idle(f"M1000{number}") for number in range(1, 6)),
        _idle("M10006", last_activity_on=TODAY),
        _idle("M10007", properties=(PINES,)),
        _idle("M10008", roles=("IMAX",), properties=(PINES,)),
        replace(coordinator("M90002"), last_activity_on=IDLE),
    ]
    wass.knows_staff(
        *staff,
        others=[
            _idle("M10009"),
            Somebody(id="H10001", population="hud_staff", last_activity_on=IDLE),
            Somebody(id=HELP_DESK, population="hud_staff", roles=["HELP_DESK"]),
            Somebody(id="M90009", roles=["HELP_DESK"], terminated=True),
            replace(coordinator("M90003"), last_activity_on=IDLE, bpr=(OAKS,)),
        ],
    )


@pytest.mark.usefixtures("_people")
def test_everybody_named_is_unlocked_at_once(
    subsystem: Subsystem, gate: Gate, engine: Engine
) -> None:
    before = codes(gate.login("M10001", "rob"))

    answer = subsystem.posts(PATH, user_ids=["M10002", "M10001"])

    assert set(answer) == MANAGED | {"people", "unlocked_on"}
    assert (answer["outcome"], answer["people"]) == ("done", ["M10002", "M10001"])
    assert answer["unlocked_on"] == TODAY
    after = codes(gate.login("M10001", "rob"))
    assert (before, after) == (["INACTIVE", "NOT_CERTIFIED"], ["NOT_CERTIFIED"])
    assert _unlocks(engine) == [("M10001", "M90001", TODAY), ("M10002", "M90001", TODAY)]


@pytest.mark.usefixtures("_people")
def test_an_unlock_is_no_activity_and_holds_for_ninety_days(
    subsystem: Subsystem, gate: Gate, engine: Engine, clock: Clock
) -> None:
    subsystem.posts(PATH, user_ids=["M10001"])

    clock.put("2026-05-31")
    ninetieth = codes(gate.login("M10001", "rob"))
    clock.put("2026-06-01")
    next_day = codes(gate.login("M10001", "rob"))

    assert ("INACTIVE" in ninetieth, "INACTIVE" in next_day) == (False, True)
    assert activity_of(engine, "M10001") == IDLE


@pytest.mark.usefixtures("_people")
def test_who_was_unlocked_already_is_locked_no_more(subsystem: Subsystem, engine: Engine) -> None:
    subsystem.posts(PATH, user_ids=["M10001"])

    again = subsystem.posts(PATH, user_ids=["M10001"])

    assert (again["outcome"], codes(again)) == ("refused", ["NOT_LOCKED"])
    assert set(again) == MANAGED
    assert len(_unlocks(engine)) == 1


@pytest.mark.usefixtures("_people")
def test_with_one_who_may_not_be_unlocked_nobody_is_and_the_one_is_named(
    subsystem: Subsystem, engine: Engine
) -> None:
    named = ["M10001", "M10006", "M10007", "M90002", "M10009", "M77777"]

    answer = subsystem.posts(PATH, user_ids=named)

    assert set(answer) == MANAGED | {"refused"}
    assert answer["refused"] == [
        {"user_id": "M10006", "reasons": ["NOT_LOCKED"]},
        {"user_id": "M10007", "reasons": ["NO_BPR_SCOPE"]},
        {"user_id": "M90002", "reasons": ["TARGET_IS_COORDINATOR"]},
        {"user_id": "M10009", "reasons": ["NOT_ASSIGNED"]},
        {"user_id": "M77777", "reasons": ["NOT_ASSIGNED"]},
    ]
    assert codes(answer) == [
        *("NOT_ASSIGNED", "TARGET_IS_COORDINATOR", "NOT_LOCKED", "NO_BPR_SCOPE"),
    ]
    assert (answer["outcome"], answer["reason"]) == ("refused", "NOT_ASSIGNED")
    assert _unlocks(engine) == []


REFUSED: dict[str, tuple[list[str], str, str]] = {
    "M10006": (["NOT_LOCKED"], "Nothing needs to be unlocked", "Nobody else is needed"),
    "M10007": (["NO_BPR_SCOPE"], "Check the property", "A TRACS coordinator"),
    "M10009": (["NOT_ASSIGNED"], "Check the ID", "Nobody else is needed"),
    "M77777": (["NOT_ASSIGNED"], "Check the ID", "Nobody else is needed"),
    "M90002": (["TARGET_IS_COORDINATOR"], "The locked coordinator", "HUD help desk"),
    "M90003": (
        ["NOT_ASSIGNED", "TARGET_IS_COORDINATOR"],
        "Check the ID",
        "Nobody else is needed",
    ),
    "H10001": (
        ["OTHER_POPULATION", "NOT_ASSIGNED", "TARGET_IS_INTERNAL"],
        "People of HUD",
        "Nobody else is needed",
    ),
    "M90001": (
        ["NOT_ASSIGNED", "TARGET_IS_COORDINATOR", "NOT_LOCKED"],
        "Check the ID",
        "Nobody else is needed",
    ),
}


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_who_may_not_be_unlocked_is_refused_for_every_reason_that_holds_in_order(
    subsystem: Subsystem, engine: Engine
) -> None:
    for user_id, (reasons, remedy, contact) in REFUSED.items():
        answer = subsystem.posts(PATH, user_ids=[user_id])

        assert (answer["outcome"], codes(answer)) == ("refused", reasons), user_id
        assert answer["reasons"][0]["remedy"].startswith(remedy), user_id
        assert answer["reasons"][0]["contact"].startswith(contact), user_id
        assert set(answer) == MANAGED
    assert _unlocks(engine) == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_who_holds_the_global_role_alone_needs_no_shared_property(subsystem: Subsystem) -> None:
    assert subsystem.posts(PATH, user_ids=["M10008"])["outcome"] == "done"


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_the_help_desk_unlocks_anybody_without_relation_or_access_of_its_own(
    subsystem: Subsystem, gate: Gate, engine: Engine
) -> None:
    desk = subsystem.by(HELP_DESK)
    anybody = ["M10007", "M10009", "M90002", "M90003", "H10001"]

    answer = desk.posts(PATH, user_ids=anybody)

    assert (answer["outcome"], answer["people"]) == ("done", anybody)
    assert [each[0] for each in _unlocks(engine)] == sorted(anybody)
    assert gate.login(HELP_DESK)["decision"] == "lock"


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_the_help_desk_unlocks_nobody_unknown_unlocked_or_itself_and_does_nothing_else(
    subsystem: Subsystem, engine: Engine
) -> None:
    desk = subsystem.by(HELP_DESK)

    found = {
        each: codes(desk.posts(PATH, user_ids=[each])) for each in ("M77777", "M10006", HELP_DESK)
    }
    elsewhere = [
        desk.gets("/v1/reports/last-logins"),
        desk.gets("/v1/staff"),
        desk.posts("/v1/staff", user_id="M10001"),
        desk.posts("/v1/certifications", user_id="M10001"),
    ]

    assert found == {
        "M77777": ["NOT_ASSIGNED"],
        "M10006": ["NOT_LOCKED"],
        HELP_DESK: ["SELF_ASSIGNMENT", "NOT_LOCKED"],
    }
    assert {each["reason"] for each in elsewhere} == {"ACTOR_LOCKED"}
    assert _unlocks(engine) == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_terminated_help_desk_unlocks_nobody(subsystem: Subsystem) -> None:
    answer = subsystem.by("M90009").posts(PATH, user_ids=["M10001"])

    assert codes(answer) == ["ACTOR_LOCKED"]
    assert answer["actor_reasons"][0]["code"] == "WASS_TERMINATED"


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_locked_coordinator_unlocks_neither_himself_nor_others(subsystem: Subsystem) -> None:
    locked = subsystem.by("M90003")

    for user_id in ("M90003", "M10001"):
        answer = locked.posts(PATH, user_ids=[user_id])

        assert codes(answer) == ["ACTOR_LOCKED"]
        (own,) = answer["actor_reasons"]
        assert own["code"] == "INACTIVE"
        assert own["remedy"] == "Ask the help desk to unlock you; another coordinator cannot."
        assert own["contact"].startswith("HUD help desk")


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_who_is_named_twice_is_unlocked_once(subsystem: Subsystem, engine: Engine) -> None:
    answer = subsystem.posts(PATH, user_ids=["M10001", "m10001", "M10002", "M10001"])

    assert answer["people"] == ["M10001", "M10002"]
    assert [each[0] for each in _unlocks(engine)] == ["M10001", "M10002"]


@ANY_DATABASE
def test_a_hundred_are_unlocked_at_once(subsystem: Subsystem, wass: Wass, engine: Engine) -> None:
    ids = wass.knows_staff(*(_idle(f"M1{number:04}") for number in range(100)))

    assert subsystem.posts(PATH, user_ids=ids)["people"] == ids
    assert len(_unlocks(engine)) == 100


BAD_BODIES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"user_ids"}),
    ({"user_ids": []}, {"user_ids"}),
    ({"user_ids": None}, {"user_ids"}),
    ({"user_ids": "M10001"}, {"user_ids"}),
    ({"user_ids": {"M10001": True}}, {"user_ids"}),
    ({"user_ids": ["M10001", None]}, {"user_ids"}),
    ({"user_ids": ["M10001", "M1000"]}, {"user_ids"}),
    ({"user_ids": ["M10001", 10002]}, {"user_ids"}),
    ({"user_ids": [["M10001"]]}, {"user_ids"}),
    ({"user_ids": [f"M1{number:04}" for number in range(101)]}, {"user_ids"}),
    ({"user_ids": ["M10001"] * 101}, {"user_ids"}),
    ({"user_id": "M10001"}, {"user_id", "user_ids"}),
    ({"user_ids": ["M10001"], "confirm": True}, {"confirm"}),
    ({"user_ids": ["?"], "x": 1, "y": 2}, {"user_ids", "x", "y"}),
]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_badly_asked_unlock_is_told_every_field_that_is_wrong(
    subsystem: Subsystem, engine: Engine
) -> None:
    found = [(body, wrong(subsystem, "POST", PATH, json=body)) for body, _ in BAD_BODIES]

    assert found == BAD_BODIES
    assert entries(engine, "unlock") == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_what_is_wrong_with_one_of_many_ids_says_which_it_is(subsystem: Subsystem) -> None:
    body = {"user_ids": ["M10001", "M10002", "nobody"]}

    (error,) = subsystem.asks("POST", PATH, json=body).json["errors"]

    assert error["field"].startswith("user_ids")
    assert "2" in error["field"] + error["detail"]
    assert "expected an ID such as M10001" in error["detail"]
