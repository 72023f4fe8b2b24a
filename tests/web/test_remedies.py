"""Every lock names its cure and whom to ask, by who is locked and who could help."""

from dataclasses import replace

import pytest

from tests.database.wass import ELMS, IN_LAST_WINDOW, OAKS, PINES, Somebody, Wass, coordinator
from tests.web.asking import Gate

COORDINATOR = "A TRACS coordinator of one of your properties"
HELP_DESK = "HUD help desk, tracs@hud.gov, 1-800-767-7588"
TRACS_SECURITY = "TRACS Security, MFTRACSRECERT@hud.gov"
SUPERVISOR = "Your supervisor, OTC or COR"
LONG_AGO = "2025-01-01"
CERTIFIED = [("M10001", "M90001", IN_LAST_WINDOW)]


def _contacts(gate: Gate, user_id: str, **more: object) -> dict[str, str]:
    answer = gate.login(user_id, **more)
    assert answer["decision"] == "lock"
    return {each["code"]: each["contact"] for each in answer["reasons"]}


def _idle_user(**differently: object) -> Somebody:
    whole = {"id": "M10001", "properties": [OAKS], "last_activity_on": LONG_AGO, **differently}
    return Somebody(**whole)  # type: ignore[arg-type]


def test_an_idle_user_is_sent_to_a_coordinator_who_holds_tcc(gate: Gate, wass: Wass) -> None:
    wass.knows(_idle_user(), coordinator(), certified=CERTIFIED)

    assert _contacts(gate, "M10001") == {"INACTIVE": COORDINATOR}


@pytest.mark.parametrize(
    "cannot_help",
    [
        pytest.param(replace(coordinator(), roles=["TRACS", "TCR"]), id="holds no TCC"),
        pytest.param(coordinator(bpr=[PINES]), id="has other properties"),
        pytest.param(replace(coordinator(), coordinator=False), id="is not marked"),
        pytest.param(replace(coordinator(), terminated=True), id="is terminated"),
    ],
)
def test_an_idle_user_is_sent_to_the_help_desk_when_no_coordinator_can_unlock(
    gate: Gate, wass: Wass, cannot_help: Somebody
) -> None:
    wass.knows(_idle_user(roles=["TRACS"]), coordinator())
    wass.knows(_idle_user(roles=["TRACS"]), cannot_help, certified=CERTIFIED)

    assert _contacts(gate, "M10001")["INACTIVE"] == HELP_DESK


def test_one_able_coordinator_among_others_is_enough(gate: Gate, wass: Wass) -> None:
    weak = replace(coordinator("M90002"), roles=["TCR"])
    wass.knows(_idle_user(), weak, coordinator(), certified=CERTIFIED)

    assert _contacts(gate, "M10001") == {"INACTIVE": COORDINATOR}


def test_an_idle_coordinator_is_sent_to_the_help_desk_whoever_else_coordinates(
    gate: Gate, wass: Wass
) -> None:
    idle = replace(coordinator(), last_activity_on=LONG_AGO)
    wass.knows(idle, coordinator("M90002"))

    (reason,) = gate.login("M90001")["reasons"]

    assert reason["contact"] == HELP_DESK
    assert reason["remedy"] == "Ask the help desk to unlock you; another coordinator cannot."


def test_somebody_idle_inside_hud_is_sent_to_tracs_security(gate: Gate, wass: Wass) -> None:
    wass.knows(Somebody(id="C10001", population="contractor", last_activity_on=LONG_AGO))

    assert _contacts(gate, "C10001")["INACTIVE"] == TRACS_SECURITY


def test_tcr_is_enough_to_certify(gate: Gate, wass: Wass) -> None:
    user = Somebody(id="M10001", properties=[OAKS])
    wass.knows(user, replace(coordinator(), roles=["TRACS", "TCR"]))

    assert _contacts(gate, "M10001") == {"NOT_CERTIFIED": COORDINATOR}


def test_a_coordinator_with_neither_code_cannot_certify(gate: Gate, wass: Wass) -> None:
    user = Somebody(id="M10001", properties=[OAKS])
    wass.knows(user, replace(coordinator(), roles=["TRACS", "IMAX"]))

    assert _contacts(gate, "M10001") == {"NOT_CERTIFIED": HELP_DESK}


def test_somebody_of_hud_is_sent_to_the_supervisor_for_certification(
    gate: Gate, wass: Wass
) -> None:
    wass.knows(Somebody(id="H10001", population="hud_staff"))

    assert _contacts(gate, "H10001") == {"NOT_CERTIFIED": SUPERVISOR}


def test_who_has_no_role_is_sent_to_any_coordinator_or_else_to_the_help_desk(
    gate: Gate, wass: Wass
) -> None:
    near, far = (
        Somebody(id="M10001", properties=[OAKS], roles=["IMAX"]),
        Somebody(id="M10002", properties=[PINES], roles=["IMAX"]),
    )
    wass.knows(
        near,
        far,
        replace(coordinator(), roles=[]),
        certified=[*CERTIFIED, ("M10002", "M90001", IN_LAST_WINDOW)],
    )

    assert _contacts(gate, "M10001")["NO_ROLE"] == COORDINATOR
    assert _contacts(gate, "M10002")["NO_ROLE"] == HELP_DESK


def test_for_a_locked_property_only_its_own_coordinators_can_help(gate: Gate, wass: Wass) -> None:
    user = Somebody(id="M10001", properties=[OAKS, ELMS, PINES])
    wass.knows(
        user, coordinator(bpr=[OAKS]), coordinator("M90002", bpr=[ELMS]), certified=CERTIFIED
    )

    coordinated = _contacts(gate, "M10001", property_id=ELMS)
    orphaned = _contacts(gate, "M10001", property_id=PINES)

    assert coordinated == {"PROPERTY_NOT_CERTIFIED": COORDINATOR}
    assert orphaned == {"PROPERTY_NOT_CERTIFIED": HELP_DESK}


def test_a_user_of_imax_alone_is_helped_by_the_coordinators_they_are_assigned_to(
    gate: Gate, wass: Wass
) -> None:
    user = _idle_user(roles=["IMAX"], properties=[])
    wass.knows(user, coordinator(), staff=[("M90001", "M10001")], certified=CERTIFIED)

    answer = gate.login("M10001", "imax")

    assert [(each["code"], each["contact"]) for each in answer["reasons"]] == [
        ("INACTIVE", COORDINATOR)
    ]


def test_the_rules_of_behavior_need_nobody_else(gate: Gate, wass: Wass) -> None:
    user = wass.knows_a_user(rob_accepted_on="")

    assert _contacts(gate, user) == {"ROB_NOT_ACCEPTED": "Nobody else is needed"}


def test_somebody_unknown_is_sent_to_the_help_desk(gate: Gate) -> None:
    assert _contacts(gate, "M77777") == {"USER_UNKNOWN": HELP_DESK}
