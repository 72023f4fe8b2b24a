"""Every management call, done, refused or shown, is one entry of the ledger, and found again."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.conftest import Callers
from tests.database.wass import ELMS, OAKS, TODAY, Somebody, Wass
from tests.web.asking import ANY_DATABASE, Subsystem, codes, entries
from tests.web.doors import DOORS, ID, OTHER, open_doors
from tests.web.test_receipts import body_of, published, verify

#: Who acts, and what comes of it.
ACTORS = {"M90001": "done", "M90003": "refused", "M90005": "refused", "M77777": "refused"}
ALWAYS = {
    *("id", "kind", "person_id", "outcome", "reason", "as_of", "caller", "request_id"),
    *("engine", "call", "evidence", "facts", "actor_reasons", "reasons", "result", "digest"),
}


@pytest.fixture(autouse=True)
def _open(started: None, wass: Wass, subsystem: Subsystem) -> None:
    open_doors(wass, subsystem)


def _shown(http: FlaskClient, callers: Callers, decision_id: str) -> dict[str, Any]:
    response = http.get(f"/v1/decisions/{decision_id}", headers=callers["auditor"])
    assert response.status_code == 200, response.text
    return dict(response.json)


def _kept(engine: Engine) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in entries(engine, *DOORS)}


def test_a_call_is_one_entry_that_says_who_asked_what_and_what_came_of_it(
    subsystem: Subsystem, engine: Engine, http: FlaskClient, callers: Callers
) -> None:
    for door in DOORS.values():
        before = _kept(engine)
        answers = {actor: door.answer(subsystem.by(actor)) for actor in reversed(ACTORS)}
        new = {name: each for name, each in _kept(engine).items() if name not in before}

        assert new.keys() == {each["decision_id"] for each in answers.values()}
        for actor, answer in answers.items():
            entry = _shown(http, callers, answer["decision_id"])
            assert entry == new[answer["decision_id"]]
            assert set(entry) == ALWAYS
            assert (entry["kind"], entry["outcome"]) == (door.action, ACTORS[actor])
            assert (entry["outcome"], entry["reason"]) == (answer["outcome"], answer["reason"])
            assert codes(entry) == codes(answer)
            assert entry["call"]["action"] == door.action
            assert entry["call"]["actor_id"] == actor
            assert (entry["digest"], entry["caller"]) == (
                *(answer["policy_digest"], "test subsystem"),
            )
            assert entry["as_of"] == f"{TODAY}T17:00:00+00:00"
            verify(answer, body_of(engine, answer["decision_id"]), published(http))


@ANY_DATABASE
def test_the_evidence_is_that_of_who_acts_and_of_everybody_named(
    subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    for door in DOORS.values():
        entry = _shown(http, callers, door.answer(subsystem)["decision_id"])

        people = entry["evidence"]["people"]
        assert set(people) == {"M90001", *door.named}
        for user_id, known in people.items():
            assert set(known) == {"standing", "last_activity_on"}
            assert known["standing"]["person_id"] == user_id
        assert people["M90001"]["standing"]["bpr"] == [OAKS, ELMS]
        assert people["M90001"]["last_activity_on"] == "2026-02-20"
        assert entry["call"]["user_ids"] == list(door.named)
        assert entry["person_id"] == "".join(door.named)
        assert entry["facts"]["door"]["asked"] == door.action
        assert set(entry["facts"]["people"]) == ({*door.named} or {""})


@ANY_DATABASE
def test_of_an_actor_who_is_locked_out_the_entry_keeps_the_reasons_of_the_gate(
    subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    for door in DOORS.values():
        entry = _shown(http, callers, door.answer(subsystem.by("M90004"))["decision_id"])

        assert (entry["reason"], entry["actor_reasons"]) == ("ACTOR_LOCKED", ["INACTIVE"])
        assert entry["facts"]["people"] == {}
        assert entry["facts"]["door"]["actor"]["menu_reasons"] == ["INACTIVE"]
        assert entry["result"] == {}
        assert "M90004" in entry["evidence"]["people"]


@ANY_DATABASE
def test_what_came_of_a_call_is_kept_as_it_was_answered(
    subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    for door in DOORS.values():
        answer = door.answer(subsystem)
        entry = _shown(http, callers, answer["decision_id"])

        assert entry["result"] == {name: answer[name] for name in entry["result"]}
        assert entry["result"], door.action


@ANY_DATABASE
def test_a_list_is_kept_with_the_page_that_was_asked_for(
    subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    answer = subsystem.gets(
        "/v1/reports/last-logins", locked_only="true", search="M1", cursor="M10000", limit=7
    )

    entry = _shown(http, callers, answer["decision_id"])

    assert entry["call"]["page"] == {
        **{"locked_only": True, "search": "M1"},
        **{"cursor": "M10000", "limit": 7},
    }
    assert entry["result"] == {"people": [ID]}


@ANY_DATABASE
def test_a_call_on_several_keeps_the_evidence_of_each(
    subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    named = [ID, OTHER, "M77777"]

    answer = subsystem.posts("/v1/unlocks", user_ids=named)

    entry = _shown(http, callers, answer["decision_id"])
    assert entry["call"]["user_ids"] == named
    assert set(entry["evidence"]["people"]) == {"M90001", ID, OTHER}  # of nobody is no evidence
    assert set(entry["facts"]["people"]) == set(named)
    assert entry["facts"]["people"]["M77777"]["target"]["known"] is False
    assert (entry["outcome"], entry["person_id"]) == ("refused", "")


@ANY_DATABASE
def test_the_id_of_the_request_is_kept(
    subsystem: Subsystem, http: FlaskClient, callers: Callers
) -> None:
    response = DOORS["view_staff"].knock(subsystem, **{"X-Request-ID": "trace 7"})

    entry = _shown(http, callers, response.json["decision_id"])
    assert entry["request_id"] == response.headers["X-Request-ID"] == "trace 7"


@ANY_DATABASE
def test_what_is_shown_does_not_change_with_what_came_after(
    subsystem: Subsystem, wass: Wass, http: FlaskClient, callers: Callers
) -> None:
    made = DOORS["certify"].answer(subsystem)["decision_id"]
    before = _shown(http, callers, made)

    wass.knows(Somebody(id=ID, terminated=True))
    DOORS["certify"].knock(subsystem)

    assert _shown(http, callers, made) == before


@ANY_DATABASE
def test_a_question_that_was_badly_asked_is_no_entry(subsystem: Subsystem, engine: Engine) -> None:
    before = _kept(engine)

    assert subsystem.asks("POST", "/v1/staff", json={}).status_code == 422
    assert subsystem.by("?").asks("GET", "/v1/staff").status_code == 422
    assert subsystem.asks("DELETE", "/v1/flags/x").status_code == 404
    assert subsystem.asks("PUT", "/v1/staff").status_code == 405

    assert _kept(engine) == before
