"""GET and POST /v1/staff, DELETE /v1/staff/{coordinator_id}/{user_id}: who is whose staff."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.access import Staff
from models.engine import reading
from tests.database.wass import ELMS, OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, codes, entries, listed, wrong

USER, OTHER = "M10001", "M90002"
FIVE = [f"M1000{number}" for number in range(1, 6)]
PATH = "/v1/staff"


def _relations(engine: Engine) -> list[tuple[str, str]]:
    query = select(Staff.coordinator_id, Staff.user_id)
    with reading(engine).begin() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


@pytest.fixture
def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id=USER, properties=[OAKS]),
        Somebody(id="M10002", properties=[PINES]),
        Somebody(id="H10001", population="hud_staff"),
        Somebody(id="C10001", population="contractor"),
        coordinator(),
        coordinator(OTHER, bpr=[ELMS]),
    )


@pytest.fixture
def five(wass: Wass) -> list[str]:
    """Five users assigned to M90001; M10006 is known and assigned to nobody."""
    return wass.knows_staff(*(Somebody(id=each) for each in FIVE), others=[Somebody(id="M10006")])


@pytest.mark.usefixtures("_people")
def test_somebody_is_assigned_and_listed_from_then_on(
    subsystem: Subsystem, engine: Engine
) -> None:
    before = subsystem.gets(PATH)
    made = subsystem.posts(PATH, user_id=USER)
    after = subsystem.gets(PATH)

    assert (made["outcome"], made["coordinator_id"], made["user_id"]) == ("done", "M90001", USER)
    assert (before["people"], after["people"]) == ([], [USER])
    assert after["next_cursor"] is None
    assert _relations(engine) == [("M90001", USER)]


@pytest.mark.usefixtures("_people")
def test_assigning_again_is_done_and_changes_nothing(subsystem: Subsystem, engine: Engine) -> None:
    answers = [subsystem.posts(PATH, user_id=USER) for _ in range(2)]

    assert [each["outcome"] for each in answers] == ["done", "done"]
    assert _relations(engine) == [("M90001", USER)]


@pytest.mark.usefixtures("_people")
def test_one_user_may_be_the_staff_of_several_coordinators_and_a_coordinator_of_another(
    subsystem: Subsystem, engine: Engine
) -> None:
    subsystem.posts(PATH, user_id=USER)
    subsystem.by(OTHER).posts(PATH, user_id=USER)
    subsystem.by(OTHER).posts(PATH, user_id="M90001")

    assert _relations(engine) == [("M90001", USER), (OTHER, USER), (OTHER, "M90001")]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_ids_are_read_in_capitals(subsystem: Subsystem, engine: Engine) -> None:
    made = subsystem.posts(PATH, user_id="m10001", coordinator_id="m90001")
    shown = subsystem.gets(PATH, coordinator_id="m90001")
    ended = subsystem.deletes(f"{PATH}/m90001/m10001")

    assert (made["coordinator_id"], made["user_id"]) == ("M90001", USER)
    assert shown["people"] == [USER]
    assert (ended["outcome"], ended["coordinator_id"], ended["user_id"]) == (
        *("done", "M90001", USER),
    )
    assert _relations(engine) == []


@pytest.mark.usefixtures("_people")
def test_a_relationship_that_is_ended_is_listed_no_more_and_can_be_made_again(
    subsystem: Subsystem, engine: Engine
) -> None:
    subsystem.by(OTHER).posts(PATH, user_id=USER)
    subsystem.posts(PATH, user_id=USER)

    ended = subsystem.deletes(f"{PATH}/M90001/{USER}")

    assert ended["outcome"] == "done"
    assert subsystem.gets(PATH)["people"] == []
    assert _relations(engine) == [(OTHER, USER)]
    assert subsystem.posts(PATH, user_id=USER)["outcome"] == "done"


@ANY_DATABASE
def test_what_was_requested_under_a_relationship_keeps_counting_after_its_end(
    subsystem: Subsystem, gate: Gate, wass: Wass
) -> None:
    wass.knows_staff(Somebody(id=USER, properties=[OAKS]))
    locked = gate.login(USER)
    subsystem.posts("/v1/certifications", user_id=USER)

    subsystem.deletes(f"{PATH}/M90001/{USER}")

    assert (locked["reason"], gate.login(USER)["decision"]) == ("NOT_CERTIFIED", "allow")


REFUSED: dict[str, tuple[dict[str, str], list[str], str]] = {
    "nobody is known": ({"user_id": "M77777"}, ["ID_INVALID"], "Check the ID"),
    "oneself": ({"user_id": "M90001"}, ["SELF_ASSIGNMENT"], "Ask a colleague"),
    "for another": (
        {"user_id": USER, "coordinator_id": OTHER},
        ["OTHER_COORDINATOR"],
        "Give your own ID",
    ),
    "of HUD": ({"user_id": "H10001"}, ["OTHER_POPULATION"], "People of HUD"),
    "a contractor": ({"user_id": "C10001"}, ["OTHER_POPULATION"], "People of HUD"),
    "unknown, for another": (
        {"user_id": "M77777", "coordinator_id": OTHER},
        ["OTHER_COORDINATOR", "ID_INVALID"],
        "Give your own ID",
    ),
    "oneself, for another": (
        {"user_id": "M90001", "coordinator_id": OTHER},
        ["OTHER_COORDINATOR", "SELF_ASSIGNMENT"],
        "Give your own ID",
    ),
    "of HUD, for nobody known": (
        {"user_id": "H10001", "coordinator_id": "M77777"},
        ["OTHER_COORDINATOR", "OTHER_POPULATION"],
        "Give your own ID",
    ),
}


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_an_assignment_is_refused_for_every_reason_that_holds_in_order(
    subsystem: Subsystem, engine: Engine
) -> None:
    for name, (body, reasons, remedy) in REFUSED.items():
        answer = subsystem.posts(PATH, **body)

        assert (answer["outcome"], codes(answer)) == ("refused", reasons), name
        assert answer["reason"] == reasons[0]
        assert answer["reasons"][0]["remedy"].startswith(remedy), name
        assert answer["reasons"][0]["contact"] == "Nobody else is needed"
    assert _relations(engine) == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_what_cannot_be_ended_is_refused_for_every_reason_that_holds_in_order(
    subsystem: Subsystem, engine: Engine
) -> None:
    subsystem.by(OTHER).posts(PATH, user_id=USER)

    found = {
        pair: codes(subsystem.deletes(f"{PATH}/{pair}"))
        for pair in (
            f"M90001/{USER}",
            "M90001/M77777",
            f"{OTHER}/{USER}",
            f"{OTHER}/M10002",
            "M90001/M90001",
            "M90001/H10001",
        )
    }

    assert found == {
        f"M90001/{USER}": ["NOT_ASSIGNED"],
        "M90001/M77777": ["NOT_ASSIGNED"],
        f"{OTHER}/{USER}": ["OTHER_COORDINATOR"],
        f"{OTHER}/M10002": ["OTHER_COORDINATOR", "NOT_ASSIGNED"],
        "M90001/M90001": ["SELF_ASSIGNMENT", "NOT_ASSIGNED"],
        "M90001/H10001": ["OTHER_POPULATION", "NOT_ASSIGNED"],
    }
    assert _relations(engine) == [(OTHER, USER)]


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_nobody_looks_at_the_staff_of_another(subsystem: Subsystem) -> None:
    subsystem.by(OTHER).posts(PATH, user_id=USER)

    answer = subsystem.gets(PATH, coordinator_id=OTHER)

    assert (answer["outcome"], codes(answer)) == ("refused", ["OTHER_COORDINATOR"])
    assert "people" not in answer
    assert USER not in str(answer)


@ANY_DATABASE
def test_a_certifier_inside_hud_looks_after_people_of_hud_and_nobody_else(
    subsystem: Subsystem, wass: Wass
) -> None:
    inside = Somebody(
        id="H90001", population="hud_staff", coordinator=True, roles=["TRACS", "TCR"]
    )
    wass.knows(
        inside,
        replace(inside, id="H90002"),
        Somebody(id="C10001", population="contractor"),
        Somebody(id=USER),
        certified=[("H90001", "H90002", "2024-11-12")],
    )

    found = {
        user: codes(subsystem.by("H90001").posts(PATH, user_id=user))
        for user in ("C10001", "H90002", USER)
    }

    assert found == {"C10001": ["OK"], "H90002": ["OK"], USER: ["OTHER_POPULATION"]}


@pytest.mark.usefixtures("five")
def test_by_pages_of_two_everybody_comes_exactly_once(subsystem: Subsystem) -> None:
    pages = list(subsystem.pages(PATH, limit=2))

    assert [each["people"] for each in pages] == [FIVE[:2], FIVE[2:4], FIVE[4:]]
    assert [each["next_cursor"] for each in pages] == ["M10002", "M10004", None]


@pytest.mark.usefixtures("five")
@ANY_DATABASE
@pytest.mark.parametrize("limit", [1, 4, 5, 6, 500])
def test_every_size_of_a_page_shows_everybody_exactly_once(
    subsystem: Subsystem, limit: int
) -> None:
    pages = list(subsystem.pages(PATH, limit=limit))

    assert listed(pages) == FIVE
    assert all(len(each["people"]) == limit for each in pages[:-1])
    assert pages[-1]["people"] != []


@pytest.mark.usefixtures("five")
@ANY_DATABASE
def test_fifty_come_unless_asked_otherwise(subsystem: Subsystem, wass: Wass) -> None:
    many = [f"M2{number:04}" for number in range(51)]
    wass.knows_staff(*(Somebody(id=each) for each in (*FIVE, *many)))

    first, second = (each["people"] for each in subsystem.pages(PATH))

    assert [*first, *second] == [*FIVE, *many]
    assert len(first) == 50


@pytest.mark.usefixtures("five")
def test_who_is_added_or_removed_between_pages_disturbs_nobody_else(subsystem: Subsystem) -> None:
    pages = subsystem.pages(PATH, limit=2)
    seen = next(pages)["people"]
    subsystem.deletes(f"{PATH}/M90001/M10002")  # the cursor stands on it
    subsystem.deletes(f"{PATH}/M90001/M10004")  # not shown yet
    subsystem.posts(PATH, user_id="M10006")  # behind all others

    rest = [each["people"] for each in pages]

    assert (seen, rest) == (["M10001", "M10002"], [["M10003", "M10005"], ["M10006"]])


@pytest.mark.usefixtures("five")
def test_a_search_finds_a_part_of_an_id_in_any_case(subsystem: Subsystem) -> None:
    found = {
        text: subsystem.gets(PATH, search=text)["people"]
        for text in ("M1000", "m1000", "0003", "m10005", "M10006", "9", "x")
    }

    assert found == {
        "M1000": FIVE,
        "m1000": FIVE,
        "0003": ["M10003"],
        "m10005": ["M10005"],
        "M10006": [],
        "9": [],
        "x": [],
    }


@pytest.mark.usefixtures("five")
@ANY_DATABASE
def test_a_search_goes_on_from_page_to_page(subsystem: Subsystem, wass: Wass) -> None:
    wass.knows_staff(*(Somebody(id=each) for each in (*FIVE, "M20000", "M20003")))

    pages = [each["people"] for each in subsystem.pages(PATH, search="0003", limit=1)]

    assert pages == [["M10003"], ["M20003"]]


@pytest.mark.usefixtures("five")
@ANY_DATABASE
def test_a_cursor_may_be_in_small_letters_and_of_nobody(subsystem: Subsystem) -> None:
    assert subsystem.gets(PATH, cursor="m10003")["people"] == ["M10004", "M10005"]
    assert subsystem.gets(PATH, cursor="M10002")["people"] == ["M10003", "M10004", "M10005"]
    assert subsystem.gets(PATH, cursor="M1ZZZZ")["people"] == []


BAD_QUERIES: dict[str, set[str]] = {
    "limit=0": {"limit"},
    "limit=-1": {"limit"},
    "limit=501": {"limit"},
    "limit=x": {"limit"},
    "limit=": {"limit"},
    "limit=1.5": {"limit"},
    "limit=1&limit=1": {"limit"},
    "cursor=": {"cursor"},
    "cursor=nobody": {"cursor"},
    "cursor=M10001'--": {"cursor"},
    "search=": {"search"},
    "search=%25": {"search"},
    "search=_": {"search"},
    "search=M1000_": {"search"},
    "search=M100011": {"search"},
    "search=M+1": {"search"},
    "search=%EF%BC%AD": {"search"},
    "search=M%0A": {"search"},
    "coordinator_id=": {"coordinator_id"},
    "coordinator_id=M9": {"coordinator_id"},
    "locked_only=true": {"locked_only"},
    "Limit=1": {"Limit"},
    "limit=0&cursor=?&search=%25&coordinator_id=?&x=1": {
        *("limit", "cursor", "search", "coordinator_id", "x"),
    },
}
BAD_BODIES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"user_id"}),
    ({"user_id": ""}, {"user_id"}),
    ({"user_id": None}, {"user_id"}),
    ({"user_id": ["M10001"]}, {"user_id"}),
    ({"user_id": 10001}, {"user_id"}),
    ({"user_id": "M10001\n"}, {"user_id"}),
    ({"user_id": USER, "coordinator_id": ""}, {"coordinator_id"}),
    ({"user_id": USER, "coordinator_id": None}, {"coordinator_id"}),
    ({"user_id": USER, "user_ids": [USER]}, {"user_ids"}),
    ({"user_id": "?", "coordinator_id": "?", "x": 1}, {"user_id", "coordinator_id", "x"}),
]


@pytest.mark.usefixtures("five")
@ANY_DATABASE
def test_a_badly_asked_list_is_told_every_parameter_that_iswrong(
    subsystem: Subsystem, engine: Engine
) -> None:
    found = {query: wrong(subsystem, "GET", f"{PATH}?{query}") for query in BAD_QUERIES}

    assert found == BAD_QUERIES
    assert entries(engine, "view_staff") == []


@pytest.mark.usefixtures("five")
@ANY_DATABASE
def test_a_limit_is_written_in_plain_digits(subsystem: Subsystem) -> None:
    found = {
        text: wrong(subsystem, "GET", f"{PATH}?limit={text}")
        for text in ("1_0", "%EF%BC%91", "%201", "%2B1", "1%0A")
    }

    assert all(each == {"limit"} for each in found.values()), found


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_a_badly_asked_assignment_is_told_every_field_that_iswrong(
    subsystem: Subsystem, engine: Engine
) -> None:
    found = [(body, wrong(subsystem, "POST", PATH, json=body)) for body, _ in BAD_BODIES]

    assert found == BAD_BODIES
    assert entries(engine, "assign_staff") == []


@pytest.mark.usefixtures("five")
@ANY_DATABASE
def test_garbled_ids_in_the_path_are_told_both(subsystem: Subsystem, engine: Engine) -> None:
    found = {
        pair: wrong(subsystem, "DELETE", f"{PATH}/{pair}")
        for pair in ("M9/M1", "M90001/x", "M9000!/M10001", "M90001/M10001%0A", "%20/%25")
    }

    assert found == {
        "M9/M1": {"coordinator_id", "user_id"},
        "M90001/x": {"user_id"},
        "M9000!/M10001": {"coordinator_id"},
        "M90001/M10001%0A": {"user_id"},
        "%20/%25": {"coordinator_id", "user_id"},
    }
    assert len(_relations(engine)) == 5
    assert entries(engine, "unassign_staff") == []


@pytest.mark.usefixtures("_people")
@ANY_DATABASE
def test_nothing_of_the_subsystem_is_activity(
    subsystem: Subsystem, gate: Gate, wass: Wass
) -> None:
    subsystem.posts(PATH, user_id=USER)
    shown = subsystem.gets("/v1/reports/last-logins")

    assert shown["last_access"] == {USER: "2026-02-20"}
    assert shown["as_of"][:10] == TODAY
