"""GET /v1/users/{id}/roles, POST /v1/flags, DELETE /v1/flags/{id}: what staff hold and lose."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.certification import Flag
from models.engine import reading
from tests.conftest import Clock
from tests.database.wass import (
    BOTH,
    ELMS,
    IN_LAST_WINDOW,
    OAKS,
    PINES,
    TODAY,
    Somebody,
    Wass,
    coordinator,
)
from tests.web.asking import ANY_DATABASE, MANAGED, Gate, Subsystem, codes, entries, wrong

PATH = "/v1/flags"
USER = "M10001"
AFTER_NEXT_WINDOW = "2027-01-01"
NONE: dict[str, Any] = {"items": [], "roles": [], "actions": []}


def _shown(subsystem: Subsystem, user_id: str = USER) -> dict[str, Any]:
    return subsystem.gets(f"/v1/users/{user_id}/roles")


def _flagged(subsystem: Subsystem, user_id: str = USER) -> dict[str, list[dict[str, Any]]]:
    return {each["code"]: each["flags"] for each in _shown(subsystem, user_id)["roles"]}


def _flag(subsystem: Subsystem, *items: str, user_id: str = USER) -> dict[str, Any]:
    return subsystem.posts(PATH, user_id=user_id, items=list(items), confirm=True)


def _stored(engine: Engine) -> list[tuple[Any, ...]]:
    query = select(Flag.id, Flag.item, Flag.coordinator_id, Flag.withdrawn_on)
    with reading(engine).begin() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


@pytest.fixture
def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id=USER, properties=(OAKS,), contracts=[BOTH]),
        Somebody(id="M10002", properties=(PINES,)),
        Somebody(id="M10003", properties=(PINES,), roles=("IMAX",)),
        Somebody(id="M10004", properties=(OAKS,), roles=()),
        Somebody(id="M10005", properties=(OAKS,), roles=("TRACS", "XYZ")),
        Somebody(id="M10006", properties=(OAKS,)),
        Somebody(id="H10001", population="hud_staff"),
        coordinator(),
        coordinator("M90002", bpr=(OAKS, PINES)),
        contracts={BOTH: [ELMS, PINES]},
        staff=[
            *(("M90001", f"M1000{number}") for number in range(1, 6)),
            *(("M90002", USER), ("M90001", "M90002")),
        ],
        certified=[(USER, "M90001", IN_LAST_WINDOW)],
    )


@pytest.mark.usefixtures("_people")
def test_roles_are_shown_with_their_assignment_rights_and_the_properties_that_are_shared(
    subsystem: Subsystem,
) -> None:
    answer = _shown(subsystem)

    assert set(answer) == MANAGED | {"items", "roles", "actions", "properties"}
    assert answer["items"] == ["IMAX", "TRACS"]
    assert answer["roles"] == [
        {
            "code": "IMAX",
            "property_assignment": False,
            "contract_assignment": False,
            "flags": [],
        },
        {
            "code": "TRACS",
            "property_assignment": True,
            "contract_assignment": True,
            "flags": [],
        },
    ]
    assert (answer["actions"], answer["properties"]) == ([], [OAKS, ELMS])
    assert _shown(subsystem.by("M90002"))["properties"] == [OAKS, PINES]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_without_a_shared_property_none_is_shown_unless_the_global_role_is_the_only_one(
    subsystem: Subsystem,
) -> None:
    nothing, everywhere, without = (
        {name: _shown(subsystem, user)[name] for name in (*NONE, "properties")}
        for user in ("M10002", "M10003", "M10004")
    )

    assert nothing == {**NONE, "properties": []}
    assert (everywhere["items"], everywhere["properties"]) == (["IMAX"], [])
    assert without == {**NONE, "properties": [OAKS]}


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_code_the_catalogue_does_not_know_is_shown_as_wass_lists_it(
    subsystem: Subsystem,
) -> None:
    assert _shown(subsystem, "M10005")["items"] == ["TRACS", "XYZ"]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_roles_are_shown_to_whom_the_user_is_assigned_and_to_nobody_else(
    subsystem: Subsystem,
) -> None:
    found = {
        each: codes(_shown(subsystem, each))
        for each in (USER, "m10001", "M10006", "M77777", "H10001", "M90001")
    }

    assert found == {
        USER: ["OK"],
        "m10001": ["OK"],
        "M10006": ["NOT_ASSIGNED"],
        "M77777": ["NOT_ASSIGNED"],
        "H10001": ["OTHER_POPULATION", "NOT_ASSIGNED"],
        "M90001": ["NOT_ASSIGNED"],
    }
    refused = _shown(subsystem, "M10006")
    assert set(refused) == MANAGED
    assert refused["reasons"][0]["remedy"].startswith("Check the ID")
    assert refused["reasons"][0]["contact"] == "Nobody else is needed"


@pytest.mark.usefixtures("_people")
def test_a_flag_waits_for_the_end_of_the_next_window_and_is_shown_until_then(
    subsystem: Subsystem, engine: Engine
) -> None:
    answer = _flag(subsystem, "TRACS", "IMAX")

    assert set(answer) == MANAGED | {"items", "flags", "effective_on"}
    assert (answer["outcome"], answer["items"]) == ("done", ["TRACS", "IMAX"])
    assert answer["effective_on"] == AFTER_NEXT_WINDOW
    numbers = {each["item"]: each["flag_id"] for each in answer["flags"]}
    assert list(numbers) == ["TRACS", "IMAX"]
    assert _flagged(subsystem) == {
        item: [
            {
                "flag_id": numbers[item],
                "by": "M90001",
                "flagged_on": TODAY,
                "effective_on": AFTER_NEXT_WINDOW,
            }
        ]
        for item in ("IMAX", "TRACS")
    }
    assert len(_stored(engine)) == 2


@pytest.mark.usefixtures("_people")
def test_the_same_flag_again_is_the_same_flag(subsystem: Subsystem, engine: Engine) -> None:
    first, again = (_flag(subsystem, "TRACS") for _ in range(2))
    twice = _flag(subsystem, "TRACS", "IMAX", "TRACS")

    assert first["flags"] == again["flags"]
    assert twice["items"] == ["TRACS", "IMAX"]
    assert len(_stored(engine)) == 2


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_flag_takes_the_role_on_the_day_after_the_window_and_then_no_sooner(
    subsystem: Subsystem, gate: Gate, clock: Clock
) -> None:
    clock.put("2025-12-31")
    answer = _flag(subsystem, "IMAX")
    on_the_last_day = gate.login(USER, "imax")["decision"]
    clock.put(answer["effective_on"])

    assert (answer["effective_on"], on_the_last_day) == ("2026-01-01", "allow")
    assert gate.login(USER, "imax")["reason"] == "ROLE_REMOVED"
    assert list(_flagged(subsystem)) == ["TRACS"]


REFUSED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "not confirmed": ({}, ["CONFIRMATION_MISSING"], "Send the same again"),
    "confirmed with no": ({"confirm": False}, ["CONFIRMATION_MISSING"], "Send the same"),
    "not held": ({"items": ["TCC"], "confirm": True}, ["ITEM_NOT_HELD"], "Look at the roles"),
    "one of them not held": (
        {"items": ["TRACS", "TCC"], "confirm": True},
        ["ITEM_NOT_HELD"],
        "Look at the roles",
    ),
    "in small letters": (
        {"items": ["tracs"], "confirm": True},
        ["ITEM_NOT_HELD"],
        "Look at the roles",
    ),
    "neither held nor confirmed": (
        {"items": ["XYZ"]},
        ["ITEM_NOT_HELD", "CONFIRMATION_MISSING"],
        "Look at the roles",
    ),
    "of nobody's staff": (
        {"user_id": "M10006", "confirm": True},
        ["NOT_ASSIGNED"],
        "Check the ID",
    ),
    "nobody known": (
        {"user_id": "M77777", "confirm": True},
        ["NOT_ASSIGNED"],
        "Check the ID",
    ),
    "of HUD, not held, not confirmed": (
        {"user_id": "H10001", "items": ["TCC"]},
        ["OTHER_POPULATION", "NOT_ASSIGNED", "ITEM_NOT_HELD", "CONFIRMATION_MISSING"],
        "People of HUD",
    ),
}


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_what_may_not_be_flagged_is_refused_for_every_reason_that_holds_in_order(
    subsystem: Subsystem, engine: Engine
) -> None:
    for name, (body, reasons, remedy) in REFUSED.items():
        answer = subsystem.posts(PATH, **{"user_id": USER, "items": ["TRACS"], **body})

        assert (answer["outcome"], codes(answer)) == ("refused", reasons), name
        assert answer["reasons"][0]["remedy"].startswith(remedy), name
        assert answer["reasons"][0]["contact"] == "Nobody else is needed"
        assert set(answer) == MANAGED
    assert _stored(engine) == []


@pytest.mark.usefixtures("_people")
def test_a_flag_taken_back_is_shown_no_more_and_takes_nothing(
    subsystem: Subsystem, gate: Gate, clock: Clock, engine: Engine
) -> None:
    clock.put("2025-12-31")
    flags = _flag(subsystem, "TRACS", "IMAX")["flags"]
    number = next(each["flag_id"] for each in flags if each["item"] == "IMAX")

    answer = subsystem.deletes(f"{PATH}/{number}")

    assert set(answer) == MANAGED | {"items", "flag_ids"}
    assert (answer["outcome"], answer["items"], answer["flag_ids"]) == (
        *("done", ["IMAX"], [number]),
    )
    waiting = _flagged(subsystem)
    assert (waiting["IMAX"], len(waiting["TRACS"])) == ([], 1)
    clock.put(TODAY)
    assert gate.login(USER, "imax")["decision"] == "allow"
    assert (number, "IMAX", "M90001", "2025-12-31") in _stored(engine)


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_of_two_flags_on_one_item_the_one_named_is_taken_back(
    subsystem: Subsystem, wass: Wass, engine: Engine
) -> None:
    older = _flag(subsystem, "TRACS")["flags"][0]["flag_id"]
    theirs = _flag(subsystem.by("M90002"), "TRACS")["flags"][0]["flag_id"]

    answer = subsystem.deletes(f"{PATH}/{older}")

    assert answer["flag_ids"] == [older]
    assert [each["flag_id"] for each in _flagged(subsystem)["TRACS"]] == [theirs]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_flag_of_another_and_one_that_never_was_are_answered_alike(
    subsystem: Subsystem, engine: Engine
) -> None:
    theirs = _flag(subsystem.by("M90002"), "TRACS")["flags"][0]["flag_id"]

    answers = [subsystem.deletes(f"{PATH}/{each}") for each in (theirs, 777, 0)]

    told = [
        {name: each[name] for name in set(each) - {"decision_id", "receipt"}} for each in answers
    ]
    assert told == [told[0]] * 3
    assert (told[0]["outcome"], told[0]["reason"]) == ("refused", "NOT_ASSIGNED")
    assert set(answers[0]) == MANAGED
    assert _stored(engine) == [(theirs, "TRACS", "M90002", "")]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_number_no_flag_can_have_is_told_so_and_is_no_failure(subsystem: Subsystem) -> None:
    found = {
        number: subsystem.asks("DELETE", f"{PATH}/{number}").status_code
        for number in (2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30)
    }

    assert set(found.values()) <= {200, 404, 422}, found


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_flag_is_not_found_by_digits_of_another_script(
    subsystem: Subsystem, engine: Engine
) -> None:
    assert _flag(subsystem, "TRACS")["flags"][0]["flag_id"] == 1

    response = subsystem.asks("DELETE", f"{PATH}/\uff11")

    assert response.status_code in (404, 422)
    assert _stored(engine) == [(1, "TRACS", "M90001", "")]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_what_was_taken_back_or_has_taken_effect_is_not_taken_back(
    subsystem: Subsystem, clock: Clock
) -> None:
    clock.put("2025-12-31")
    flags = {each["item"]: each["flag_id"] for each in _flag(subsystem, "TRACS", "IMAX")["flags"]}
    subsystem.deletes(f"{PATH}/{flags['TRACS']}")
    again = subsystem.deletes(f"{PATH}/{flags['TRACS']}")
    clock.put("2026-01-01")
    late = subsystem.deletes(f"{PATH}/{flags['IMAX']}")

    assert (codes(again), codes(late)) == (["ITEM_NOT_HELD"], ["ITEM_NOT_HELD"])


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_what_is_no_number_is_no_flag(subsystem: Subsystem) -> None:
    statuses = {
        each: subsystem.asks("DELETE", f"{PATH}/{each}").status_code
        for each in ("x", "-1", "1.0", "1%20", "TRACS", "1/2")
    }

    assert statuses == dict.fromkeys(statuses, 404)


BAD_BODIES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"user_id", "items"}),
    ({"user_id": USER, "items": []}, {"items"}),
    ({"user_id": USER, "items": None}, {"items"}),
    ({"user_id": USER, "items": "TRACS"}, {"items"}),
    ({"user_id": USER, "items": ["TRACS", None]}, {"items"}),
    ({"user_id": USER, "items": ["TRACS", 1]}, {"items"}),
    ({"user_id": USER, "items": [""]}, {"items"}),
    ({"user_id": USER, "items": ["TRACS\n"]}, {"items"}),
    ({"user_id": USER, "items": ["T R"]}, {"items"}),
    ({"user_id": USER, "items": ["T" * 41]}, {"items"}),
    ({"user_id": USER, "items": ["TRACS"] * 51}, {"items"}),
    ({"user_id": USER, "items": ["TRACS"], "confirm": "yes"}, {"confirm"}),
    ({"user_id": USER, "items": ["TRACS"], "confirm": "true"}, {"confirm"}),
    ({"user_id": USER, "items": ["TRACS"], "confirm": None}, {"confirm"}),
    ({"user_id": USER, "items": ["TRACS"], "confirm": [True]}, {"confirm"}),
    ({"user_id": USER, "items": ["TRACS"], "confirmed": True}, {"confirmed"}),
    (
        {"user_id": "?", "items": [], "confirm": "Yes", "x": 1},
        {"user_id", "items", "confirm", "x"},
    ),
]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_badly_asked_flag_is_told_every_field_that_is_wrong(
    subsystem: Subsystem, engine: Engine
) -> None:
    found = [(body, wrong(subsystem, "POST", PATH, json=body)) for body, _ in BAD_BODIES]
    paths = [
        wrong(subsystem, "GET", f"/v1/users/{each}/roles")
        for each in ("M1", "M100001", "X10001", "%20", "M1000%25")
    ]

    assert found == BAD_BODIES
    assert paths == [{"user_id"}] * 5
    assert entries(engine, "flag", "view_roles") == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_number_is_no_yes_to_the_warning(subsystem: Subsystem, engine: Engine) -> None:
    asked = {"user_id": USER, "items": ["TRACS"]}

    found = {
        number: wrong(subsystem, "POST", PATH, json={**asked, "confirm": number})
        for number in (1, 0, 1.5, 2)
    }

    assert all(each == {"confirm"} for each in found.values()), found
    assert _stored(engine) == []
