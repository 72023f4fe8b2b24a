"""GET /v1/reports/single-coordinator-properties: where a second coordinator is missing."""

from dataclasses import replace

from tests.database.wass import ELMS, OAKS, PINES, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, MANAGED, Subsystem, codes

PATH = "/v1/reports/single-coordinator-properties"


def test_the_properties_nobody_else_looks_after_are_shown_in_order(
    subsystem: Subsystem, wass: Wass
) -> None:
    wass.knows(coordinator(bpr=(PINES, ELMS, OAKS)), coordinator("M90002", bpr=(ELMS,)))

    mine, theirs = subsystem.gets(PATH), subsystem.by("M90002").gets(PATH)

    assert set(mine) == MANAGED | {"properties"}
    assert (mine["outcome"], mine["properties"]) == ("done", [OAKS, PINES])
    assert theirs["properties"] == []


@ANY_DATABASE
def test_a_second_who_is_terminated_or_no_coordinator_looks_after_nothing(
    subsystem: Subsystem, wass: Wass
) -> None:
    wass.knows(
        coordinator(bpr=(OAKS, ELMS, PINES)),
        replace(coordinator("M90002"), bpr=(OAKS,), terminated=True),
        replace(coordinator("M90003"), bpr=(ELMS,), coordinator=False),
        replace(coordinator("M90004"), bpr=(PINES,), last_activity_on="2025-01-01"),
    )

    assert subsystem.gets(PATH)["properties"] == [OAKS, ELMS]  # who is only locked comes back


@ANY_DATABASE
def test_a_relationship_that_ended_leaves_one_alone(subsystem: Subsystem, wass: Wass) -> None:
    wass.knows(coordinator(bpr=(OAKS,)), coordinator("M90002", bpr=(OAKS, ELMS)))
    before = subsystem.gets(PATH)["properties"]
    wass.knows(coordinator(bpr=(OAKS,)), coordinator("M90002", bpr=(ELMS,)))

    assert (before, subsystem.gets(PATH)["properties"]) == ([], [OAKS])


@ANY_DATABASE
def test_whoever_is_no_coordinator_is_shown_no_property(subsystem: Subsystem, wass: Wass) -> None:
    user = Somebody(id="M10001", properties=(OAKS,), roles=("TRACS", "TCC", "TCR"))
    wass.knows(user, coordinator(), certified=[("M10001", "M90001", "2025-10-01")])

    answer = subsystem.by("M10001").gets(PATH)

    assert (answer["outcome"], codes(answer)) == ("refused", ["NOT_COORDINATOR"])
    assert set(answer) == MANAGED
    assert answer["reasons"][0]["contact"].startswith("A TRACS coordinator")
