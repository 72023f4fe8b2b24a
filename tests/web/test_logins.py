"""POST /v1/logins: who comes in, who does not, and what the answer says."""

import pytest
from sqlalchemy import Engine

from tests.conftest import Clock
from tests.database.wass import BOTH, ELMS, OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import Gate, activity_of, codes, entries

ALWAYS = {
    *("decision_id", "decision", "applies_to", "reason", "reasons", "refused_properties"),
    *("options", "policy_digest", "as_of", "receipt"),
}


def test_an_allowed_login_says_so_and_moves_the_activity(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()

    answer = gate.login(user)

    assert set(answer) == ALWAYS
    assert answer["decision"] == "allow"
    assert (answer["applies_to"], answer["reason"]) == ("person", "OK")
    assert answer["refused_properties"] == []
    assert answer["as_of"] == "2026-03-02T12:00:00-05:00"
    assert activity_of(engine, user) == TODAY


def test_a_locked_login_names_every_reason_in_order_and_moves_no_activity(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user(last_activity_on="2025-11-01", rob_accepted_on="")

    answer = gate.login(user)

    assert set(answer) == ALWAYS
    assert (answer["decision"], answer["reason"]) == ("lock", "INACTIVE")
    assert codes(answer) == ["INACTIVE", "ROB_NOT_ACCEPTED"]
    assert activity_of(engine, user) == "2025-11-01"


def test_each_reason_says_what_it_means_where_it_stands_and_who_decided_it(
    gate: Gate, wass: Wass
) -> None:
    user = wass.knows_a_user(last_activity_on="2025-11-01")

    (reason,) = gate.login(user)["reasons"]

    assert set(reason) == {"code", "meaning", "remedy", "contact", "rule", "authority"}
    assert all(reason.values())
    assert reason["rule"].partition(":")[0] == "rules/login.csv"


def test_the_ninetieth_idle_day_passes_and_the_next_does_not(
    gate: Gate, wass: Wass, clock: Clock
) -> None:
    user = wass.knows_a_user(last_activity_on="2025-12-10")

    clock.put("2026-03-11")
    after = gate.login(user)
    clock.put("2026-03-10")
    before = gate.login(user)

    assert (before["decision"], after["reason"]) == ("allow", "INACTIVE")


def test_activity_never_moves_backwards(
    gate: Gate, wass: Wass, engine: Engine, clock: Clock
) -> None:
    user = wass.knows_a_user()
    gate.login(user)

    clock.put("2026-03-01")
    answer = gate.login(user)

    assert answer["decision"] == "allow"
    assert activity_of(engine, user) == TODAY


@pytest.mark.parametrize("entry", ["rob", "tracs_menu", "imax", "imax_admin", "imax_ws"])
def test_every_entry_counts_as_activity(
    gate: Gate, wass: Wass, engine: Engine, entry: str
) -> None:
    user = wass.knows_a_user()

    answer = gate.login(user, entry)

    assert answer["decision"] == "allow"
    assert activity_of(engine, user) == TODAY


def test_somebody_unknown_is_locked_for_that_reason_alone(gate: Gate, engine: Engine) -> None:
    answer = gate.login("M77777")

    assert (answer["decision"], codes(answer)) == ("lock", ["USER_UNKNOWN"])
    assert answer["refused_properties"] == []
    assert activity_of(engine, "M77777") == ""


def test_an_id_is_read_in_capitals(gate: Gate, wass: Wass, engine: Engine) -> None:
    wass.knows_a_user()

    answer = gate.login("m10001")

    assert answer["decision"] == "allow"
    assert [each["person_id"] for each in entries(engine, "login")] == ["M10001"]


def test_a_locked_property_locks_the_property_and_not_the_person(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()

    answer = gate.login(user, property_id=PINES)

    assert (answer["decision"], answer["applies_to"]) == ("lock", "property")
    assert codes(answer) == ["PROPERTY_NOT_ASSIGNED", "PROPERTY_NOT_CERTIFIED"]
    assert activity_of(engine, user) == "2026-02-20"


def test_who_may_not_come_in_at_all_is_told_of_the_person_even_when_asking_for_a_property(
    gate: Gate, wass: Wass
) -> None:
    user = wass.knows_a_user(rob_accepted_on="")

    answer = gate.login(user, property_id=PINES)

    assert answer["applies_to"] == "person"
    assert codes(answer)[0] == "ROB_NOT_ACCEPTED"
    assert "PROPERTY_NOT_ASSIGNED" in codes(answer)


def test_a_property_of_ones_own_opens_and_counts_as_activity(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()

    answer = gate.login(user, property_id=OAKS)

    assert (answer["decision"], answer["reason"]) == ("allow", "OK")
    assert activity_of(engine, user) == TODAY


def test_a_contract_opens_when_one_of_its_properties_does(gate: Gate, wass: Wass) -> None:
    user = Somebody(id="M10001", contracts=[BOTH])
    wass.knows(
        user,
        coordinator(bpr=[ELMS]),
        contracts={BOTH: [OAKS, ELMS]},
        certified=[("M10001", "M90001", "2025-10-01")],
    )

    whole = gate.login("M10001", contract_number=BOTH.lower())
    one = gate.login("M10001", contract_number=BOTH, property_id=OAKS)

    assert whole["decision"] == "allow"
    assert codes(one) == ["PROPERTY_NOT_CERTIFIED"]


def test_a_contract_of_somebody_else_stays_closed(gate: Gate, wass: Wass) -> None:
    wass.knows(Somebody(id="M10001", properties=[OAKS]), coordinator(), contracts={BOTH: [OAKS]})

    answer = gate.login("M10001", contract_number=BOTH)

    assert answer["decision"] == "lock"
    assert "CONTRACT_NOT_ASSIGNED" in codes(answer)


def test_a_system_outside_is_not_closed_and_is_no_activity(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user(terminated=True)

    response = gate.asks(user_id=user, system="FASSUB")

    assert (response.json["decision"], codes(response.json)) == ("allow", ["SYSTEM_NOT_GOVERNED"])
    assert activity_of(engine, user) == "2026-02-20"


def test_nobody_is_looked_up_for_a_system_outside(gate: Gate, engine: Engine) -> None:
    response = gate.asks(user_id="M77777", system="EIV")

    (entry,) = entries(engine, "login")
    assert response.json["decision"] == "allow"
    assert entry["evidence"]["standing"] is None


def test_the_test_environment_is_for_nobody(gate: Gate, wass: Wass) -> None:
    user = wass.knows_a_user()

    response = gate.asks(user_id=user, system="TRACS1")

    (reason,) = response.json["reasons"]
    assert (response.json["decision"], reason["code"]) == ("lock", "TEST_ENVIRONMENT")
    assert "help desk" in reason["contact"]


def test_every_login_leaves_one_entry_whether_allowed_or_locked(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()

    answers = [gate.login(user), gate.login("M77777"), gate.login(user, property_id=PINES)]

    kept = {each["id"]: each["outcome"] for each in entries(engine, "login")}
    assert kept == {each["decision_id"]: each["decision"] for each in answers}
    assert sorted(kept.values()) == ["allow", "lock", "lock"]
