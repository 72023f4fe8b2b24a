"""Every door of the Recertification subsystem, with a call that M90001 may make, and its world."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.database.wass import ELMS, OAKS, PINES, Somebody, Wass, coordinator
from tests.web.asking import MANAGED, Subsystem

ID, OTHER, UNASSIGNED, ABROAD = "M10001", "M10002", "M10003", "M10004"
IDLE = "2025-11-01"
#: Who may not: holds neither TCC nor TCR, or is no coordinator; in each of the populations.
WITHOUT_ROLE = {"external_coordinator": "M90003", "external_user": "M10008", "internal": "H90003"}
NO_COORDINATOR = {"external_user": "M10009", "internal": "H10009"}
LOCKED, UNREADY = "M90004", "M90005"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door, a call through it, whom the call names, and what the answer shows when done."""

    action: str
    verb: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = (ID,)
    shows: frozenset[str] = frozenset()

    def knock(self, subsystem: Subsystem, **headers: str) -> TestResponse:
        """Make the call; whatever comes back."""
        more = {"query_string": self.query, "headers": headers}
        return subsystem.asks(self.verb, self.path, json=self.body, **more)

    def answer(self, subsystem: Subsystem) -> dict[str, Any]:
        """The answer to the call."""
        response = self.knock(subsystem)
        assert response.status_code == 200, response.text
        return dict(response.json)


_DOORS = [
    Door(
        action="last_login_report",
        verb="GET",
        path="/v1/reports/last-logins",
        query={"search": "M1"},
        named=(),
        shows=frozenset({"people", "last_access", "staff", "next_cursor"}),
    ),
    Door(
        action="unlock",
        verb="POST",
        path="/v1/unlocks",
        body={"user_ids": [ID]},
        shows=frozenset({"people", "unlocked_on"}),
    ),
    Door(
        action="view_staff",
        verb="GET",
        path="/v1/staff",
        query={"limit": "3"},
        named=(),
        shows=frozenset({"people", "next_cursor"}),
    ),
    Door(
        action="assign_staff",
        verb="POST",
        path="/v1/staff",
        body={"user_id": UNASSIGNED},
        named=(UNASSIGNED,),
        shows=frozenset({"coordinator_id", "user_id"}),
    ),
    Door(
        action="unassign_staff",
        verb="DELETE",
        path=f"/v1/staff/M90001/{OTHER}",
        named=(OTHER,),
        shows=frozenset({"coordinator_id", "user_id"}),
    ),
    Door(
        action="view_roles",
        verb="GET",
        path=f"/v1/users/{ID}/roles",
        shows=frozenset({"items", "roles", "actions", "properties"}),
    ),
    Door(
        action="flag",
        verb="POST",
        path="/v1/flags",
        body={"user_id": ID, "items": ["TRACS"], "confirm": True},
        shows=frozenset({"items", "flags", "effective_on"}),
    ),
    Door(
        action="withdraw_flag",
        verb="DELETE",
        path="/v1/flags/1",
        shows=frozenset({"items", "flag_ids"}),
    ),
    Door(
        action="certify",
        verb="POST",
        path="/v1/certifications",
        body={"user_id": ID},
        shows=frozenset({"counts", "properties"}),
    ),
    Door(
        action="view_history",
        verb="GET",
        path=f"/v1/users/{ID}/certifications",
        shows=frozenset({"certifications"}),
    ),
    Door(
        action="single_coordinator_report",
        verb="GET",
        path="/v1/reports/single-coordinator-properties",
        named=(),
        shows=frozenset({"properties"}),
    ),
]
DOORS = {each.action: each for each in _DOORS}
POSTS = {name: each for name, each in DOORS.items() if each.verb == "POST"}
EVERY_POST = pytest.mark.parametrize("door", POSTS.values(), ids=POSTS)


def open_doors(wass: Wass, subsystem: Subsystem) -> None:
    """A world in which M90001 may do all that DOORS ask for; one flag waits already.

    Nobody of the staff has accepted the Rules of Behavior on the same day as another.
    """
    staff = [
        Somebody(
            id=ID, properties=[OAKS, ELMS], last_activity_on=IDLE, rob_accepted_on="2025-04-11"
        ),
        Somebody(id=OTHER, properties=[ELMS], rob_accepted_on=""),
        Somebody(id=ABROAD, properties=[PINES], rob_accepted_on="2025-01-13"),
    ]
    people = [
        *staff,
        Somebody(id=UNASSIGNED, properties=[OAKS], rob_accepted_on="2025-04-14"),
        coordinator(),
        coordinator("M90002", bpr=[ELMS, PINES]),
        replace(coordinator("M90003"), roles=["TRACS"]),
        replace(coordinator("M90004"), last_activity_on=IDLE),
        replace(coordinator("M90005"), rob_accepted_on=""),
        replace(coordinator("M90006"), roles=["TRACS", "TCC"]),
        replace(coordinator("M90007"), roles=["TRACS", "TCR"]),
        Somebody(id="M10008", properties=[OAKS]),
        Somebody(id="M10009", properties=[OAKS], roles=["TRACS", "TCC", "TCR"]),
        Somebody(id="H90002", population="hud_staff", coordinator=True),
        Somebody(id="H90003", population="hud_staff", coordinator=True),
        Somebody(id="H10009", population="hud_staff", roles=["TRACS", "TCC", "TCR"]),
    ]
    certified = [
        *(("M10008", "M90001", "2025-10-01"), ("M10009", "M90001", "2025-10-01")),
        *(("H90003", "H90002", "2024-11-12"), ("H10009", "H90002", "2024-11-12")),
        ("M10001", "M90002", "2025-10-07"),
    ]
    relations = [
        (each, user.id)
        for each in ("M90001", "M90004", "M90005", "M90006", "M90007")
        for user in staff
    ]
    wass.knows(*people, staff=relations, certified=certified)
    flagged = subsystem.posts("/v1/flags", user_id=ID, items=["IMAX"], confirm=True)
    assert flagged["flags"] == [{"flag_id": 1, "item": "IMAX"}], flagged


def shape_of(door: Door, answer: Mapping[str, Any]) -> None:
    """The answer says what every answer says and, when done, what the door shows; no more."""
    more = door.shows if answer["outcome"] == "done" else frozenset()
    assert set(answer) == MANAGED | more
