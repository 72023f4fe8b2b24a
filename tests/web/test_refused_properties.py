"""At the TRACS menu the answer lists the properties that would stay closed."""

from tests.database.wass import ELMS, IN_LAST_WINDOW, OAKS, PINES, Somebody, Wass, coordinator
from tests.web.asking import Gate

CERTIFIED = [("M10001", "M90001", IN_LAST_WINDOW)]


def _with_uncertified(number: int) -> Somebody:
    return Somebody(id="M10001", properties=[OAKS, *range(800001000, 800001000 + number)])


def test_an_allowed_login_lists_the_properties_nobody_certified(gate: Gate, wass: Wass) -> None:
    user = Somebody(id="M10001", properties=[PINES, ELMS, OAKS])
    wass.knows(user, coordinator(bpr=[OAKS]), certified=CERTIFIED)

    answer = gate.login("M10001")

    assert answer["decision"] == "allow"
    assert answer["refused_properties"] == [
        {"property_id": ELMS, "reason": "PROPERTY_NOT_CERTIFIED"},
        {"property_id": PINES, "reason": "PROPERTY_NOT_CERTIFIED"},
    ]


def test_they_are_listed_too_when_only_the_rules_of_behavior_are_missing(
    gate: Gate, wass: Wass
) -> None:
    user = Somebody(id="M10001", properties=[OAKS, PINES], rob_accepted_on="")
    wass.knows(user, coordinator(), certified=CERTIFIED)

    answer = gate.login("M10001")

    assert answer["reason"] == "ROB_NOT_ACCEPTED"
    assert [each["property_id"] for each in answer["refused_properties"]] == [PINES]


def test_none_are_listed_for_who_is_locked_for_another_reason(gate: Gate, wass: Wass) -> None:
    user = Somebody(id="M10001", properties=[OAKS, PINES], last_activity_on="2025-01-01")
    wass.knows(user, coordinator(), certified=CERTIFIED)

    assert gate.login("M10001")["refused_properties"] == []


def test_none_are_listed_at_another_entry(gate: Gate, wass: Wass) -> None:
    wass.knows(Somebody(id="M10001", properties=[OAKS, PINES]), coordinator(), certified=CERTIFIED)

    assert gate.login("M10001", "imax")["refused_properties"] == []


def test_none_are_listed_for_people_of_hud(gate: Gate, wass: Wass) -> None:
    certifier = Somebody(id="H20001", population="hud_staff", coordinator=True)
    staff = Somebody(id="H10001", population="hud_staff", properties=[PINES])
    wass.knows(certifier, staff, certified=[("H10001", "H20001", "2025-10-01")])

    answer = gate.login("H10001")

    assert (answer["decision"], answer["refused_properties"]) == ("allow", [])


def test_the_properties_of_contracts_and_of_own_relationships_are_among_them(
    gate: Gate, wass: Wass
) -> None:
    asking = Somebody(
        id="M10001", coordinator=True, bpr=[OAKS], properties=[ELMS], contracts=["DC1"]
    )
    wass.knows(asking, contracts={"DC1": [PINES]})

    answer = gate.login("M10001")

    assert answer["decision"] == "allow"
    assert [each["property_id"] for each in answer["refused_properties"]] == [ELMS, PINES]


def test_up_to_five_hundred_are_listed_without_a_total(gate: Gate, wass: Wass) -> None:
    wass.knows(_with_uncertified(500), coordinator(), certified=CERTIFIED)

    answer = gate.login("M10001")

    assert len(answer["refused_properties"]) == 500
    assert "refused_properties_total" not in answer


def test_beyond_five_hundred_the_first_are_listed_and_all_are_counted(
    gate: Gate, wass: Wass
) -> None:
    wass.knows(_with_uncertified(501), coordinator(), certified=CERTIFIED)

    answer = gate.login("M10001")

    listed = [each["property_id"] for each in answer["refused_properties"]]
    assert listed == list(range(800001000, 800001500))
    assert answer["refused_properties_total"] == 501
