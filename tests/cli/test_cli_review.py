"""gatehouse review and gatehouse ledger decisions: a reviewer's questions at the shell."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from flask.testing import FlaskClient

from service.recertification.review.questions import QUESTIONS
from tests.cli.command import WRONGLY_ASKED, YES, Shell
from tests.conftest import Callers, Clock
from tests.database.wass import IN_LAST_WINDOW, OAKS, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Gate, Subsystem

IDLE, USED = "M10001", "M10002"


@pytest.fixture
def asked(
    http: FlaskClient, callers: Callers, wass: Wass, gate: Gate, clock: Clock
) -> dict[str, str]:
    """A world in which each question has an answer, and the decisions made in it."""
    people = [
        Somebody(id=IDLE, properties=[OAKS], last_activity_on=""),
        Somebody(id=USED, properties=[OAKS], last_activity_on="2025-10-01"),
        coordinator(),
        coordinator("M90002", bpr=[800000009]),
        replace(coordinator("M90003"), coordinator=False),
    ]
    mutual = [("M90001", "M90002", IN_LAST_WINDOW), ("M90002", "M90001", IN_LAST_WINDOW)]
    certified = [*((each, "M90001", IN_LAST_WINDOW) for each in (IDLE, USED)), *mutual]
    staff = [("M90001", IDLE), ("M90001", USED)]
    wass.knows(*people, staff=staff, certified=certified)
    made = {"locked": gate.login(USED)["decision_id"]}
    subsystem = Subsystem(http, callers["subsystem"])
    for name, call in (
        ("unlocked", lambda: subsystem.posts("/v1/unlocks", user_ids=[USED])),
        ("certified", lambda: subsystem.posts("/v1/certifications", user_id=USED)),
        ("let in", lambda: gate.login(USED)),
    ):
        clock.at += timedelta(seconds=1)
        made[name] = call()["decision_id"]
    return made


FIRST_ROWS = {
    "unlocks": {"actor_id": "M90001", "user_id": USED, "outcome": "done"},
    "certifications": {"coordinator_id": "M90001", "requests": 1, "most_in_a_minute": 1},
    "role-holders": {"user_id": "M90003", "roles": ["TCC", "TCR"], "marked": False},
    "single-coordinator-properties": {"property_id": OAKS, "coordinator_id": "M90001"},
    "mutual-certifiers": {"one": "M90001", "other": "M90002", "one_for_other": [IN_LAST_WINDOW]},
    "never-used": {"user_id": IDLE, "created_on": "2015-01-05"},
}


def test_each_question_has_its_rows(shell: Shell, asked: dict[str, str]) -> None:
    for question in QUESTIONS:
        told = shell("review", question, "--json")

        assert told.code == YES, told.err
        first = told.json["rows"][0]
        assert {name: first[name] for name in FIRST_ROWS[question]} == FIRST_ROWS[question]


@ANY_DATABASE
def test_http_and_the_shell_say_the_same(
    shell: Shell, asked: dict[str, str], http: FlaskClient, callers: Callers
) -> None:
    for question in set(QUESTIONS) - {"never-used"}:  # which counts days to the machine's own day
        answer = http.get(f"/v1/reviews/{question}", headers=callers["auditor"]).json

        told = shell("review", question, "--json").json["rows"]
        assert [orjson.dumps(each) for each in told] == [
            orjson.dumps({name: row[name] for name in told[0]}) for row in answer["rows"]
        ]


@ANY_DATABASE
def test_people_read_a_table(shell: Shell, asked: dict[str, str]) -> None:
    told = shell("review", "role-holders")

    heading, row = told.out.splitlines()
    assert heading.split() == ["USER", "ID", "POPULATION", "ROLES", "MARKED", "TERMINATED"]
    assert row.split() == ["M90003", "external", "TCC,", "TCR", "no", "no"]
    assert (told.code, told.err) == (YES, "")


@ANY_DATABASE
def test_a_limit_cuts_the_table(shell: Shell, asked: dict[str, str]) -> None:
    cut = shell("review", "never-used", "--limit", 1, "--json")

    assert len(cut.json["rows"]) == 1
    assert shell("review", "never-used", "--limit", 0).code == WRONGLY_ASKED
    assert shell("review", "everything").code == WRONGLY_ASKED


@ANY_DATABASE
def test_where_there_is_nothing_it_says_so(shell: Shell) -> None:
    assert {shell("review", each).out for each in QUESTIONS} == {"Nobody and nothing.\n"}


def test_decisions_are_found_at_the_shell_as_over_http(
    shell: Shell, asked: dict[str, str], http: FlaskClient, callers: Callers
) -> None:
    query = {"user_id": USED, "from": "2026-03-02", "to": "2026-03-02"}
    answer = http.get("/v1/decisions", query_string=query, headers=callers["auditor"]).json

    told = shell("ledger", "decisions", "--user", USED, "--from", "2026-03-02", "--json")

    assert told.json["decisions"] == answer["decisions"]
    found = [each["decision_id"] for each in answer["decisions"]]
    assert found == [asked[each] for each in ("let in", "certified", "unlocked", "locked")]


@ANY_DATABASE
def test_a_decision_is_told_with_its_reasons_in_words(shell: Shell, asked: dict[str, str]) -> None:
    told = shell("ledger", "decisions", "--outcome", "lock")

    (_, row) = told.out.splitlines()
    assert "INACTIVE: TRACS and iMAX have not been used for more than 90 days." in row
    assert row.rstrip().endswith(asked["locked"])


@ANY_DATABASE
def test_of_more_decisions_than_asked_for_it_says_how_to_go_on(
    shell: Shell, asked: dict[str, str]
) -> None:
    told = shell("ledger", "decisions", "--limit", 2)
    until = told.out.splitlines()[-1].rpartition(" ")[2]
    rest = shell("ledger", "decisions", "--to", until, "--json")

    assert len(rest.json["decisions"]) == 2
    assert rest.json["more"] is False


@ANY_DATABASE
def test_what_is_asked_wrongly_is_named(shell: Shell) -> None:
    asked = ("--user", "me", "--from", "yesterday", "--outcome", "maybe", "--reason", "why?")

    told = shell("ledger", "decisions", *asked)

    assert (told.code, told.out) == (WRONGLY_ASKED, "")
    for field in ("--user", "--from", "--outcome", "--reason"):
        assert f"ledger decisions: {field}: " in told.err
