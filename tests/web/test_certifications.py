"""POST /v1/certifications and GET /v1/users/{id}/certifications: requesting recertification."""

from typing import Any

import pytest
from sqlalchemy import Engine, update

from models.certification import CertificationRequest
from tests.conftest import Clock
from tests.database.wass import ELMS, OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, MANAGED, Gate, Subsystem, codes, entries, wrong

PATH = "/v1/certifications"
USER = "M10001"
IN_NEXT_WINDOW = "2026-09-01"


def _history(subsystem: Subsystem, user_id: str = USER) -> list[dict[str, Any]]:
    answer = subsystem.gets(f"/v1/users/{user_id}/certifications")
    assert set(answer) == MANAGED | {"certifications"}
    return list(answer["certifications"])


@pytest.fixture
def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id=USER, properties=(OAKS, PINES)),
        Somebody(id="M10002", properties=(PINES,)),
        Somebody(id="M10003", roles=("IMAX",)),
        Somebody(id="M10004", properties=(OAKS,)),
        Somebody(id="M10005", properties=(OAKS,), created_on="2026-01-15"),
        Somebody(id="H10001", population="hud_staff"),
        coordinator(),
        coordinator("M90002", bpr=(PINES,)),
        staff=[
            *(("M90001", f"M1000{number}") for number in (1, 2, 3, 5)),
            *(("M90002", USER), ("M90001", "M90002")),
        ],
    )


@pytest.mark.usefixtures("_people")
def test_a_request_works_at_once_for_the_properties_it_covers(
    subsystem: Subsystem, gate: Gate
) -> None:
    before = gate.login(USER)

    answer = subsystem.posts(PATH, user_id=USER)

    after = gate.login(USER)
    assert set(answer) == MANAGED | {"counts", "properties"}
    assert (answer["outcome"], answer["reason"]) == ("done", "OK")
    assert (answer["counts"], answer["properties"]) == (True, [OAKS])
    assert (before["reason"], after["reason"]) == ("NOT_CERTIFIED", "OK")
    assert after["refused_properties"] == [
        {"property_id": PINES, "reason": "PROPERTY_NOT_CERTIFIED"}
    ]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_second_coordinator_certifies_the_rest(subsystem: Subsystem, gate: Gate) -> None:
    subsystem.posts(PATH, user_id=USER)

    answer = subsystem.by("M90002").posts(PATH, user_id=USER)

    assert (answer["counts"], answer["properties"]) == (True, [PINES])
    assert gate.login(USER)["refused_properties"] == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_request_outside_a_window_with_nothing_lacking_is_kept_and_does_not_count(
    subsystem: Subsystem,
) -> None:
    subsystem.posts(PATH, user_id=USER)

    again = subsystem.posts(PATH, user_id=USER)

    assert (again["outcome"], again["counts"]) == ("done", False)
    (reason,) = again["reasons"]
    assert (again["reason"], reason["code"]) == ("WINDOW_NOT_OPEN", "WINDOW_NOT_OPEN")
    assert reason["remedy"] == "Request again once the next window has opened."
    assert reason["contact"] == "Nobody else is needed"
    assert reason["rule"].startswith("rules/certification_counts.csv:")
    assert set(again) == MANAGED | {"counts", "properties"}


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_in_a_window_every_request_counts(
    subsystem: Subsystem, clock: Clock, wass: Wass, gate: Gate
) -> None:
    subsystem.posts(PATH, user_id=USER)
    clock.put("2026-05-01")
    gate.login("M90001")
    clock.put("2026-07-20")
    gate.login("M90001")
    clock.put(IN_NEXT_WINDOW)

    answers = [subsystem.posts(PATH, user_id=USER) for _ in range(2)]

    assert [(each["counts"], each["reason"]) for each in answers] == [(True, "OK")] * 2


@pytest.mark.usefixtures("_people")
def test_a_request_made_twice_on_a_day_is_one_request(subsystem: Subsystem) -> None:
    for _ in range(2):
        subsystem.posts(PATH, user_id=USER)

    assert len(_history(subsystem)) == 1


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_new_user_comes_in_with_the_first_request(subsystem: Subsystem, gate: Gate) -> None:
    before = gate.login("M10005")

    answer = subsystem.posts(PATH, user_id="M10005")

    assert before["reason"] == "NEW_USER_NOT_CERTIFIED"
    assert (answer["counts"], gate.login("M10005")["decision"]) == (True, "allow")


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_who_holds_the_global_role_alone_is_certified_without_a_property(
    subsystem: Subsystem, gate: Gate
) -> None:
    answer = subsystem.posts(PATH, user_id="M10003")

    assert (answer["counts"], answer["properties"]) == (True, [])
    assert gate.login("M10003", "imax")["decision"] == "allow"


REFUSED: dict[str, tuple[list[str], str, str]] = {
    "M10002": (["NO_BPR_SCOPE"], "Check the property assignments", "A TRACS coordinator"),
    "M10004": (["NOT_ASSIGNED"], "Check the ID", "Nobody else is needed"),
    "M77777": (["NOT_ASSIGNED"], "Check the ID", "Nobody else is needed"),
    "M90001": (["NOT_ASSIGNED"], "Check the ID", "Nobody else is needed"),
    "H10001": (["OTHER_POPULATION", "NOT_ASSIGNED"], "People of HUD", "Nobody else is needed"),
}


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_what_may_not_be_requested_is_refused_for_every_reason_that_holds_in_order(
    subsystem: Subsystem, gate: Gate
) -> None:
    for user_id, (reasons, remedy, contact) in REFUSED.items():
        answer = subsystem.posts(PATH, user_id=user_id)

        assert (answer["outcome"], codes(answer)) == ("refused", reasons), user_id
        assert answer["reasons"][0]["remedy"].startswith(remedy), user_id
        assert answer["reasons"][0]["contact"].startswith(contact), user_id
        assert set(answer) == MANAGED
    assert gate.login("M10002")["reason"] == "NOT_CERTIFIED"


@pytest.mark.usefixtures("_people")
def test_the_history_shows_every_request_newest_first_and_ones_own_properties_of_each(
    subsystem: Subsystem, clock: Clock
) -> None:
    clock.put("2026-02-27")
    subsystem.by("M90002").posts(PATH, user_id=USER)
    clock.put("2026-03-01")
    subsystem.posts(PATH, user_id=USER)
    clock.put(TODAY)
    subsystem.by("M90002").posts(PATH, user_id=USER)

    mine, theirs = _history(subsystem), _history(subsystem.by("M90002"))

    assert mine == [
        {"by": "M90002", "day": TODAY, "properties": [], "closed_out_on": None},
        {"by": "M90001", "day": "2026-03-01", "properties": [OAKS], "closed_out_on": None},
        {"by": "M90002", "day": "2026-02-27", "properties": [], "closed_out_on": None},
    ]
    assert [each["properties"] for each in theirs] == [[PINES], [], [PINES]]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_request_that_hud_closed_out_shows_the_day(subsystem: Subsystem, engine: Engine) -> None:
    subsystem.posts(PATH, user_id=USER)
    with engine.begin() as connection:
        connection.execute(update(CertificationRequest).values(closed_out_on=TODAY))

    (shown,) = _history(subsystem)

    assert shown["closed_out_on"] == TODAY


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_history_of_nothing_is_empty(subsystem: Subsystem) -> None:
    assert _history(subsystem) == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_history_is_shown_to_whom_the_user_is_assigned_and_to_nobody_else(
    subsystem: Subsystem,
) -> None:
    subsystem.by("M90002").posts(PATH, user_id=USER)

    found = {
        each: codes(subsystem.gets(f"/v1/users/{each}/certifications"))
        for each in (USER, "M10004", "M77777", "H10001", "M90001")
    }

    assert found == {
        USER: ["OK"],
        "M10004": ["NOT_ASSIGNED"],
        "M77777": ["NOT_ASSIGNED"],
        "H10001": ["OTHER_POPULATION", "NOT_ASSIGNED"],
        "M90001": ["NOT_ASSIGNED"],
    }


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_ids_are_read_in_capitals(subsystem: Subsystem) -> None:
    assert subsystem.posts(PATH, user_id="m10001")["outcome"] == "done"
    assert len(_history(subsystem, "m10001")) == 1


BAD_BODIES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"user_id"}),
    ({"user_id": ""}, {"user_id"}),
    ({"user_id": None}, {"user_id"}),
    ({"user_id": [USER]}, {"user_id"}),
    ({"user_id": "M1000"}, {"user_id"}),
    ({"user_id": USER, "properties": [ELMS]}, {"properties"}),
    ({"user_id": USER, "coordinator_id": "M90001"}, {"coordinator_id"}),
    ({"user_id": "?", "day": TODAY, "x": 1}, {"user_id", "day", "x"}),
]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_badly_asked_request_is_told_every_field_that_is_wrong(
    subsystem: Subsystem, engine: Engine
) -> None:
    found = [(body, wrong(subsystem, "POST", PATH, json=body)) for body, _ in BAD_BODIES]
    paths = [
        wrong(subsystem, "GET", f"/v1/users/{each}/certifications")
        for each in ("M1", "M100001", "X10001", "%20", "M1000%25")
    ]

    assert found == BAD_BODIES
    assert paths == [{"user_id"}] * 5
    assert entries(engine, "certify", "view_history") == []
