"""POST /v1/rob-acceptances: accepting the Rules of Behavior, by the rules of their page."""

from sqlalchemy import Engine

from tests.conftest import Clock
from tests.database.wass import Wass
from tests.web.asking import Gate, activity_of, codes, entries


def test_an_acceptance_opens_the_door_at_once(gate: Gate, wass: Wass) -> None:
    user = wass.knows_a_user(rob_accepted_on="")
    assert codes(gate.login(user)) == ["ROB_NOT_ACCEPTED"]

    accepted = gate.accepts(user)

    assert (accepted.json["outcome"], accepted.json["reason"]) == ("done", "OK")
    assert gate.login(user)["decision"] == "allow"


def test_an_answer_to_an_acceptance_has_this_shape(gate: Gate, wass: Wass) -> None:
    user = wass.knows_a_user()

    answer = gate.accepts(user).json

    assert set(answer) == {
        *("decision_id", "outcome", "reason", "reasons", "policy_digest", "as_of", "receipt")
    }


def test_an_acceptance_lasts_until_the_same_day_of_the_next_year(
    gate: Gate, wass: Wass, clock: Clock
) -> None:
    user = wass.knows_a_user(rob_accepted_on="2025-03-02")
    assert codes(gate.login(user)) == ["ROB_EXPIRED"]
    gate.accepts(user)

    clock.put("2027-03-01")
    before = gate.login(user, "imax")
    clock.put("2027-03-02")
    after = gate.login(user, "imax")

    assert "ROB_EXPIRED" not in codes(before)
    assert "ROB_EXPIRED" in codes(after)


def test_an_early_acceptance_restarts_the_year(gate: Gate, wass: Wass, clock: Clock) -> None:
    user = wass.knows_a_user(rob_accepted_on="2025-03-10")

    gate.accepts(user)

    clock.put("2026-03-10")
    assert gate.login(user)["decision"] == "allow"


def test_who_is_locked_for_another_reason_cannot_accept(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user(rob_accepted_on="", last_activity_on="2025-01-01")

    answer = gate.accepts(user).json

    assert (answer["outcome"], codes(answer)) == ("refused", ["INACTIVE"])
    assert answer["reasons"][0]["remedy"]
    assert [each["outcome"] for each in entries(engine, "rob_acceptance")] == ["refused"]
    assert "ROB_NOT_ACCEPTED" in codes(gate.login(user))


def test_somebody_unknown_cannot_accept(gate: Gate) -> None:
    answer = gate.accepts("M77777").json

    assert (answer["outcome"], codes(answer)) == ("refused", ["USER_UNKNOWN"])


def test_an_acceptance_is_recorded_and_is_no_activity(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()

    answer = gate.accepts(user.lower()).json

    (entry,) = entries(engine, "rob_acceptance")
    assert (entry["id"], entry["outcome"]) == (answer["decision_id"], "done")
    assert (entry["person_id"], entry["inquiry"]["entry"]) == (user, "rob")
    assert activity_of(engine, user) == "2026-02-20"
