"""GET /v1/reports/last-logins: who of the staff came in last when, and who is locked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from tests.conftest import Clock
from tests.database.wass import ELMS, OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, codes, entries, listed, wrong

PATH = "/v1/reports/last-logins"
USER = "M10001"
IDLE, ACTIVE = "2025-12-01", "2025-12-02"  # 91 and 90 days before TODAY
ENTRIES = ("rob", "tracs_menu", "imax", "imax_admin", "imax_ws")


def _ids(number: int) -> list[str]:
    return [f"M1{each:04}" for each in range(1, number + 1)]


def _user(user_id: str, *, locked: bool = False, **differently: Any) -> Somebody:
    used = {"last_activity_on": IDLE if locked else ACTIVE}
    return Somebody(**{"id": user_id, "properties": (OAKS,), **used, **differently})


def _row(answer: dict[str, Any], user_id: str) -> dict[str, Any]:
    (row,) = [each for each in answer["staff"] if each["user_id"] == user_id]
    return row


def test_a_member_of_the_staff_is_shown_with_the_last_access_and_whether_locked(
    subsystem: Subsystem, wass: Wass
) -> None:
    wass.knows_staff(_user("M10001", locked=True), _user("M10002"))

    answer = subsystem.gets(PATH)

    not_certified = {
        "code": "NOT_CERTIFIED",
        "meaning": "Nobody certified the need for access since the last certification window"
        " opened.",
    }
    inactive = {
        "code": "INACTIVE",
        "meaning": "TRACS and iMAX have not been used for more than 90 days.",
    }
    assert answer["staff"] == [
        {
            "user_id": "M10001",
            "last_access": IDLE,
            "locked": True,
            "reasons": [inactive, not_certified],
        },
        {
            "user_id": "M10002",
            "last_access": ACTIVE,
            "locked": False,
            "reasons": [not_certified],
        },
    ]
    assert answer["people"] == ["M10001", "M10002"]
    assert answer["last_access"] == {"M10001": IDLE, "M10002": ACTIVE}
    assert answer["next_cursor"] is None


@ANY_DATABASE
def test_who_never_came_in_is_shown_without_a_day(subsystem: Subsystem, wass: Wass) -> None:
    wass.knows_staff(_user(USER, last_activity_on=""))

    answer = subsystem.gets(PATH)

    assert answer["last_access"] == {USER: None}
    assert (_row(answer, USER)["last_access"], _row(answer, USER)["locked"]) == (None, True)


@ANY_DATABASE
def test_staff_without_a_shared_property_are_an_id_and_a_note(
    subsystem: Subsystem, wass: Wass
) -> None:
    wass.knows_staff(
        _user("M10001", properties=[PINES], locked=True),
        _user("M10002", properties=[], locked=True),
        _user("M10003", properties=[PINES], roles=["IMAX"], locked=True),
    )

    answer = subsystem.gets(PATH)

    for user_id in ("M10001", "M10002"):
        assert _row(answer, user_id) == {
            "user_id": user_id,
            "last_access": None,
            "locked": None,
            "reasons": [],
            "note": "no business partner relationship",
        }
    assert answer["people"] == ["M10001", "M10002", "M10003"]
    assert answer["last_access"] == {"M10003": IDLE}  # the global role alone is enough


@ANY_DATABASE
def test_the_report_is_of_ones_own_staff(subsystem: Subsystem, wass: Wass) -> None:
    people = [_user(each) for each in _ids(2)]
    wass.knows(
        *people,
        coordinator(),
        coordinator("M90002"),
        staff=[("M90001", "M10001"), ("M90002", "M10002")],
    )

    found = [subsystem.by(each).gets(PATH)["people"] for each in ("M90001", "M90002")]

    assert found == [["M10001"], ["M10002"]]


@ANY_DATABASE
def test_of_a_coordinator_on_the_staff_the_same_is_shown(subsystem: Subsystem, wass: Wass) -> None:
    wass.knows_staff(replace(coordinator("M90002"), last_activity_on=IDLE))

    row = _row(subsystem.gets(PATH), "M90002")

    assert (row["locked"], [each["code"] for each in row["reasons"]]) == (True, ["INACTIVE"])


@ANY_DATABASE
def test_a_login_shows_at_once_and_an_unlock_is_no_access(
    subsystem: Subsystem, wass: Wass, gate: Gate
) -> None:
    wass.knows_staff(_user("M10001", locked=True), _user("M10002", roles=["IMAX"]))
    subsystem.posts("/v1/unlocks", user_ids=["M10001"])
    subsystem.posts("/v1/certifications", user_id="M10002")
    assert gate.login("M10002", "imax")["decision"] == "allow"

    answer = subsystem.gets(PATH)

    assert answer["last_access"] == {"M10001": IDLE, "M10002": TODAY}
    assert [each["locked"] for each in answer["staff"]] == [False, False]


def test_a_search_finds_a_part_of_an_id_in_any_case(subsystem: Subsystem, wass: Wass) -> None:
    ids = wass.knows_staff(*(_user(each) for each in _ids(11)))

    found = {
        text: subsystem.gets(PATH, search=text)["people"]
        for text in ("M1", "m1", "0001", "m10011", "01", "Z")
    }

    assert found == {
        "M1": ids,
        "m1": ids,
        "0001": ["M10001"],
        "m10011": ["M10011"],
        "01": ["M10001", "M10010", "M10011"],
        "Z": [],
    }


@ANY_DATABASE
def test_search_and_locked_only_narrow_together(subsystem: Subsystem, wass: Wass) -> None:
    wass.knows_staff(_user("M10001", locked=True), _user("M10011"), _user("M10012", locked=True))

    answer = subsystem.gets(PATH, search="m1001", locked_only="true")

    assert answer["people"] == ["M10012"]
    assert subsystem.gets(PATH, search="M1001", locked_only="false")["people"] == (
        ["M10011", "M10012"]
    )


def test_by_pages_of_two_everybody_comes_exactly_once(subsystem: Subsystem, wass: Wass) -> None:
    ids = wass.knows_staff(*(_user(each, locked=True) for each in _ids(5)))

    for more in ({}, {"locked_only": "true"}):
        pages = list(subsystem.pages(PATH, limit=2, **more))

        assert [each["people"] for each in pages] == [ids[:2], ids[2:4], ids[4:]]
        assert pages[-1]["next_cursor"] is None
        for page in pages:
            assert [each["user_id"] for each in page["staff"]] == page["people"]
            assert list(page["last_access"]) == page["people"]


def test_who_is_added_removed_or_unlocked_between_pages_disturbs_nobody_else(
    subsystem: Subsystem, wass: Wass
) -> None:
    ids = wass.knows_staff(
        *(_user(each, locked=True) for each in _ids(8)), others=[_user("M10009", locked=True)]
    )
    pages = subsystem.pages(PATH, limit=2, locked_only="true")
    seen = next(pages)["people"]
    subsystem.deletes(f"/v1/staff/M90001/{ids[1]}")  # the cursor stands on it
    subsystem.deletes(f"/v1/staff/M90001/{ids[3]}")  # not shown yet
    subsystem.posts("/v1/unlocks", user_ids=[ids[0], ids[5]])  # shown, and not shown yet
    subsystem.posts("/v1/staff", user_id="M10009")

    rest = listed(pages)

    assert seen == ids[:2]
    assert rest == [ids[2], ids[4], ids[6], ids[7], "M10009"]


def test_among_many_others_none_of_the_locked_is_lost_though_pages_are_short(
    subsystem: Subsystem, wass: Wass
) -> None:
    locked = ["M10001", "M10400", "M10401", "M10750"]  # each page looks at no more than 300
    wass.knows_staff(*(_user(each, locked=each in locked) for each in _ids(760)))

    for limit in (1, 2, 50):
        pages = list(subsystem.pages(PATH, limit=limit, locked_only="true"))

        assert listed(pages) == locked
        assert any(len(each["people"]) < limit for each in pages[:-1])
        assert pages[-1]["next_cursor"] is None
        assert len(pages) <= 760 // 300 + len(locked) + 1


@ANY_DATABASE
def test_where_nobody_is_locked_the_list_is_empty_and_ends(
    subsystem: Subsystem, wass: Wass
) -> None:
    wass.knows_staff(*(_user(each) for each in _ids(25)))

    (page,) = subsystem.pages(PATH, limit=1, locked_only="true")

    assert (page["people"], page["staff"], page["last_access"]) == ([], [], {})


@ANY_DATABASE
def test_people_of_whom_nothing_may_be_seen_are_not_among_the_locked(
    subsystem: Subsystem, wass: Wass
) -> None:
    wass.knows_staff(_user("M10001", locked=True, properties=[PINES]), _user("M10002"))

    assert subsystem.gets(PATH, locked_only="true")["people"] == []


BAD_QUERIES: dict[str, set[str]] = {
    "limit=0": {"limit"},
    "limit=501": {"limit"},
    "limit=x": {"limit"},
    "limit=1&limit=1": {"limit"},
    "cursor=garbage": {"cursor"},
    "cursor=M10001%00": {"cursor"},
    "search=%25": {"search"},
    "search=_": {"search"},
    "search=M100001": {"search"},
    "locked_only=": {"locked_only"},
    "locked_only=True": {"locked_only"},
    "locked_only=1": {"locked_only"},
    "locked_only=yes": {"locked_only"},
    "locked_only=true&locked_only=true": {"locked_only"},
    "coordinator_id=M90002": {"coordinator_id"},
    "rob=true": {"rob"},
    "limit=0&cursor=?&search=_&locked_only=2&x=": {
        *("limit", "cursor", "search", "locked_only", "x"),
    },
}


@ANY_DATABASE
def test_a_badly_asked_report_is_told_every_parameter_that_is_wrong(
    subsystem: Subsystem, wass: Wass, engine: Engine
) -> None:
    wass.knows_staff(_user(USER))

    found = {query: wrong(subsystem, "GET", f"{PATH}?{query}") for query in BAD_QUERIES}

    assert found == BAD_QUERIES
    assert entries(engine, "last_login_report") == []


def _family() -> Iterator[Somebody]:
    """Staff of whom some are locked, and others look as if they were."""
    ids = iter(_ids(100))
    for days in (0, 1, 60, 89, 90, 91, 92, 400):
        used = (date.fromisoformat(TODAY) - timedelta(days=days)).isoformat()
        yield _user(next(ids), last_activity_on=used)
        yield _user(next(ids), last_activity_on=used, rob_accepted_on="")
    for locked in (False, True):
        states: list[dict[str, Any]] = [
            {"terminated": True},
            {"wass_last_access_on": "2025-06-01"},
            {"password_changed_on": "2025-06-01"},
            {"roles": []},
            {"roles": ["IMAX"]},
            {"roles": ["TRACS"]},
            {"rob_accepted_on": "2024-12-01"},
            {"created_on": "2026-01-15"},
            {"properties": (OAKS, PINES)},
            {"coordinator": True, "bpr": (ELMS,)},
            {"coordinator": True},
        ]
        for state in states:
            yield _user(next(ids), locked=locked, **state)
    for created_on in ("2025-11-30", "2025-12-01", "2025-12-02", "2026-02-01"):
        yield _user(next(ids), created_on=created_on, last_activity_on="")


@ANY_DATABASE
def test_the_report_calls_exactly_those_locked_whom_the_gate_calls_inactive(
    subsystem: Subsystem, wass: Wass, gate: Gate, clock: Clock
) -> None:
    unlocked, flagged, certified = _ids(999)[-3:]
    people = [*_family(), *(_user(each, locked=True) for each in (unlocked, flagged, certified))]
    ids = wass.knows_staff(*people)
    clock.put("2025-12-31")
    assert subsystem.posts("/v1/flags", user_id=flagged, items=["TRACS"], confirm=True)["items"]
    clock.put(TODAY)
    for each in (certified, ids[0]):
        subsystem.posts("/v1/certifications", user_id=each)
    subsystem.posts("/v1/unlocks", user_ids=[unlocked])

    shown = {each["user_id"]: each for each in subsystem.gets(PATH, limit=500)["staff"]}
    only = listed(subsystem.pages(PATH, limit=3, locked_only="true"))
    said = {each: {code for e in ENTRIES for code in codes(gate.login(each, e))} for each in ids}

    assert list(shown) == ids
    locked = {each: shown[each]["locked"] for each in ids}
    assert locked == {each: "INACTIVE" in said[each] for each in ids}
    assert only == [each for each in ids if locked[each]]
    assert len(ids) >= 30
    assert 10 < sum(locked.values()) < len(ids) - 10
    assert (locked[unlocked], locked[flagged], locked[certified]) == (False, True, True)
    assert "ROLE_REMOVED" in said[flagged]


@ANY_DATABASE
def test_the_report_names_the_reasons_of_the_gate_but_for_those_of_the_rules_of_behavior(
    subsystem: Subsystem, wass: Wass, gate: Gate
) -> None:
    ids = wass.knows_staff(*_family())

    rows = subsystem.gets(PATH, limit=500)["staff"]

    for user_id, row in zip(ids, rows, strict=True):
        at_the_gate = [c for c in codes(gate.login(user_id, "rob")) if c != "OK"]
        assert [each["code"] for each in row["reasons"]] == at_the_gate
        assert all(set(each) == {"code", "meaning"} for each in row["reasons"])
