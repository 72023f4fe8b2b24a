"""GET /v1/reviews/...: what a security reviewer asks, answered from the record and the people."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.recertification.review.certifications import fastest
from service.recertification.review.questions import QUESTIONS
from tests.conftest import Callers, Clock
from tests.database.wass import (
    ELMS,
    IN_LAST_WINDOW,
    OAKS,
    PINES,
    TODAY,
    Somebody,
    Wass,
    coordinator,
    extract_of,
)
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, field_errors

USERS = [f"M1000{number}" for number in range(1, 6)]
BEFORE_TRACKING = "2017-07-27"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Whoever reviews."""

    http: FlaskClient
    headers: dict[str, str]

    def asks(self, question: str, **query: Any) -> Any:
        """Ask; whatever comes back."""
        path = f"/v1/reviews/{question}"
        return self.http.get(path, query_string=query, headers=self.headers)

    def finds(self, question: str, **query: Any) -> list[dict[str, Any]]:
        """The rows of every page."""
        return [row for page in self.pages(question, **query) for row in page["rows"]]

    def pages(self, question: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every page, each asked for when the one before has been looked at."""
        response = self.asks(question, **query)
        assert response.status_code == 200, response.text
        yield response.json
        if response.json["next_cursor"]:
            yield from self.pages(question, **{**query, "cursor": response.json["next_cursor"]})


@pytest.fixture
def reviewer(http: FlaskClient, callers: Callers) -> Reviewer:
    """A reviewer."""
    return Reviewer(http, callers["auditor"])


@pytest.fixture
def crowded(wass: Wass, subsystem: Subsystem, gate: Gate, clock: Clock) -> None:
    """A world in which every question has at least three rows."""
    idle = [Somebody(id=each, properties=[OAKS], last_activity_on="") for each in USERS]
    others = [
        coordinator("M90002", bpr=[PINES]),
        coordinator("M90003", bpr=[PINES, 800000004]),
        coordinator("M90004", bpr=[]),
        Somebody(id="M90005", roles=["TRACS", "TCC"]),
        Somebody(id="M90006", roles=["TRACS", "TCR", "TCC"], terminated=True),
        Somebody(id="M90007", roles=["TRACS", "HELP_DESK"]),
    ]
    coordinators = ("M90001", "M90002", "M90003")
    staff = [("M90001", each) for each in USERS] + [
        (one, other) for one in coordinators for other in coordinators if one != other
    ]
    mutual = [(other, one, IN_LAST_WINDOW) for one, other in staff if other in coordinators]
    wass.says(extract_of(*idle, coordinator(), *others, staff=staff, certified=mutual))
    for users in (USERS[:2], USERS[2:3], ["M77777"]):
        subsystem.posts("/v1/unlocks", user_ids=users)
        clock.at += timedelta(seconds=1)
    for each in USERS[:3]:
        subsystem.posts("/v1/certifications", user_id=each)
        clock.at += timedelta(seconds=20)
    for by, user in (("M90002", "M90003"), ("M90003", "M90002")):
        subsystem.by(by).posts("/v1/certifications", user_id=user)


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_row_stands_on_one_page_however_small_the_pages(
    reviewer: Reviewer, question: str
) -> None:
    whole = reviewer.finds(question, limit=100)

    assert len(whole) >= 3
    for limit in (1, 2):
        assert reviewer.finds(question, limit=limit) == whole


def test_an_unlock_shows_who_opened_whose_account_and_when_that_person_came_in(
    reviewer: Reviewer, subsystem: Subsystem, gate: Gate, wass: Wass, clock: Clock
) -> None:
    idle = [Somebody(id=each, properties=[OAKS], last_activity_on="") for each in USERS[:2]]
    certified = [(each, "M90001", IN_LAST_WINDOW) for each in USERS[:2]]
    staff = [("M90001", each) for each in USERS[:2]]
    wass.knows(*idle, coordinator(), staff=staff, certified=certified)
    refused = subsystem.posts("/v1/unlocks", user_ids=["M77777"])
    clock.at += timedelta(seconds=1)
    done = subsystem.posts("/v1/unlocks", user_ids=USERS[:2])
    clock.at += timedelta(seconds=1)
    gate.login(USERS[0])
    came_in_at = clock.at
    clock.at += timedelta(seconds=1)
    gate.login(USERS[0])

    rows = reviewer.finds("unlocks")

    shown = [(r["actor_id"], r["user_id"], r["outcome"], r["decision_id"]) for r in rows]
    assert shown == [
        ("M90001", USERS[0], "done", done["decision_id"]),
        ("M90001", USERS[1], "done", done["decision_id"]),
        ("M90001", "M77777", "refused", refused["decision_id"]),
    ]
    assert datetime.fromisoformat(rows[0]["came_in_at"]) == came_in_at
    assert [r["came_in_at"] for r in rows[1:]] == [None, None]
    assert rows[2]["reason"] == refused["reason"] == "NOT_ASSIGNED"


def test_who_certifies_many_within_a_minute_comes_first(
    reviewer: Reviewer, subsystem: Subsystem, wass: Wass, clock: Clock
) -> None:
    users = [Somebody(id=each, properties=[OAKS]) for each in USERS]
    staff = [(by, each) for by in ("M90001", "M90002") for each in USERS]
    wass.says(extract_of(*users, coordinator(), coordinator("M90002"), staff=staff))
    noon = clock.at
    for by, user, seconds in (
        ("M90001", 0, 0),
        ("M90001", 0, 3600),
        ("M90002", 0, 40),
        ("M90002", 1, 70),
        ("M90002", 2, 99),
        ("M90002", 3, 100),
    ):
        clock.at = noon + timedelta(seconds=seconds)
        subsystem.by(by).posts("/v1/certifications", user_id=USERS[user])
    subsystem.posts("/v1/certifications", user_id="M77777")  # refused

    rows = reviewer.finds("certifications")

    hasty, calm = rows
    assert (hasty["coordinator_id"], hasty["requests"], hasty["people"]) == ("M90002", 4, 4)
    assert hasty["most_in_a_minute"] == 3
    assert datetime.fromisoformat(hasty["fastest_from"]) == noon + timedelta(seconds=40)
    assert (calm["coordinator_id"], calm["requests"], calm["people"]) == ("M90001", 2, 1)
    assert calm["most_in_a_minute"] == 1
    assert datetime.fromisoformat(calm["first_at"]) == noon
    assert datetime.fromisoformat(calm["last_at"]) == noon + timedelta(hours=1)


def test_sixty_seconds_later_is_the_next_minute() -> None:
    noon = datetime.fromisoformat("2026-03-02T12:00:00Z")
    at = [noon + timedelta(seconds=each) for each in (0, 60, 119, 120)]

    assert fastest(at[:2]) == (1, noon)
    assert fastest(at) == (2, at[1])


def test_holders_of_a_coordinators_role_are_found_by_the_rules_own_measure(
    reviewer: Reviewer, wass: Wass
) -> None:
    wass.knows(
        coordinator(),
        coordinator("M90002", bpr=[]),
        replace(coordinator("M90003"), coordinator=False),
        Somebody(id="M90004", roles=["TCR"], terminated=True),
        Somebody(id="M90005", roles=["TRACS", "HELP_DESK"]),
        Somebody(id="H90001", population="hud_staff", coordinator=True, roles=["TRACS", "TCC"]),
    )

    rows = reviewer.finds("role-holders")

    assert [(r["user_id"], r["roles"], r["marked"], r["terminated"]) for r in rows] == [
        ("M90002", ["TCC", "TCR"], True, False),
        ("M90003", ["TCC", "TCR"], False, False),
        ("M90004", ["TCR"], False, True),
    ]


def test_a_property_with_one_live_coordinator_names_who_that_is(
    reviewer: Reviewer, wass: Wass
) -> None:
    gone = replace(coordinator("M90003", bpr=[OAKS]), terminated=True)
    wass.knows(coordinator(bpr=[OAKS, ELMS]), coordinator("M90002", bpr=[ELMS, PINES]), gone)

    rows = reviewer.finds("single-coordinator-properties")

    alone = [(r["property_id"], r["name"], r["coordinator_id"]) for r in rows]
    assert alone == [
        (OAKS, f"Property {OAKS}", "M90001"),
        (PINES, f"Property {PINES}", "M90002"),
    ]


def test_two_who_certified_each_other_are_shown_once_with_the_days_of_either(
    reviewer: Reviewer, wass: Wass
) -> None:
    people = [coordinator(), coordinator("M90002"), coordinator("M90003")]
    certified = [
        ("M90001", "M90002", "2025-10-02"),
        ("M90002", "M90001", "2025-10-01"),
        ("M90002", "M90001", "2024-10-01"),
        ("M90003", "M90001", "2025-10-01"),
    ]
    wass.knows(*people, certified=certified)

    (row,) = reviewer.finds("mutual-certifiers")

    assert (row["one"], row["other"]) == ("M90001", "M90002")
    assert row["one_for_other"] == ["2024-10-01", "2025-10-01"]
    assert row["other_for_one"] == ["2025-10-02"]


def test_an_account_without_activity_since_tracking_began_was_never_used(
    reviewer: Reviewer, wass: Wass, gate: Gate
) -> None:
    wass.knows(
        Somebody(id="M10001", last_activity_on="", created_on="2026-02-20"),
        Somebody(id="M10002", last_activity_on=BEFORE_TRACKING, created_on="2015-01-05"),
        Somebody(id="M10003", last_activity_on="2020-01-01"),
        Somebody(id="M10004", last_activity_on="", terminated=True),
        coordinator("M90001"),
        replace(coordinator("M90002"), last_activity_on="", created_on="2026-02-20"),
    )
    gate.login("M90002")

    rows = reviewer.finds("never-used")

    assert [(r["user_id"], r["created_on"], r["days"]) for r in rows] == [
        ("M10001", "2026-02-20", 10),
        ("M10002", "2015-01-05", 4074),
    ]


@ANY_DATABASE
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_for_auditors(http: FlaskClient, callers: Callers, question: str) -> None:
    path = f"/v1/reviews/{question}"

    by = {scope: http.get(path, headers=callers[scope]).status_code for scope in callers.tokens}

    assert http.get(path).status_code == 401
    assert by == {**dict.fromkeys(callers.tokens, 403), "auditor": 200}


@ANY_DATABASE
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_parameter_that_is_wrong_is_named(reviewer: Reviewer, question: str) -> None:
    response = reviewer.asks(question, cursor="' OR 1", limit="0", search="M1")

    assert field_errors(response) == {"cursor", "limit", "search"}


@ANY_DATABASE
def test_an_unknown_question_is_not_there(reviewer: Reviewer) -> None:
    assert reviewer.asks("everything").status_code == 404


@ANY_DATABASE
@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_row_has_the_documented_fields(
    reviewer: Reviewer, http: FlaskClient, question: str
) -> None:
    document = http.get("/openapi.json").json
    call = document["paths"][f"/v1/reviews/{question}"]["get"]
    answer = call["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    shape = document["components"]["schemas"][answer.rpartition("/")[2]]["properties"]
    row = document["components"]["schemas"][shape["rows"]["items"]["$ref"].rpartition("/")[2]]

    (page, *_) = reviewer.pages(question)

    assert set(page) == set(shape)
    assert set(page["rows"][0]) == set(row["properties"])
    assert page["as_of"].startswith(TODAY)
    assert {each["name"] for each in call["parameters"]} == {"cursor", "limit"}
