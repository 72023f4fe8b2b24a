"""People, windows and roles for tests of measuring: a plain person, changed as a test needs."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from service.core.calendar import Calendar, CertificationWindow
from service.core.catalogue import Catalogue, Entry, Population, Role
from service.core.measure import Person
from service.core.standing import Flag, Request, RoleHeld, Standing

AUTUMN = CertificationWindow("2017-09-01", "2017-12-31")
NEXT = CertificationWindow("2018-09-01", "2018-11-30")
INSIDE = CertificationWindow("2017-10-01", "2017-11-30")
CALENDAR = Calendar(
    zone=ZoneInfo("America/New_York"),
    tracking_began_on="2017-07-28",
    windows={"external": (AUTUMN, NEXT), "internal": (INSIDE,)},
    close_out_after=7,
)
CATALOGUE = Catalogue(
    populations={
        "external": Population("external", property_scope=True, coordinator_needs_bpr=True),
        "hud_staff": Population("internal", property_scope=False, coordinator_needs_bpr=False),
    },
    roles={
        "TRACS": Role(frozenset({"rob", "tracs_menu"}), True, True),
        "IMAX": Role(frozenset({"rob", "imax"}), False, False),
    },
    entries={
        "rob": Entry(True, False),
        "tracs_menu": Entry(False, True),
        "imax": Entry(False, False),
    },
    outside=frozenset(),
    test_environments=frozenset(),
)
TRACS = RoleHeld("TRACS", "2016-01-15", "")
IMAX = RoleHeld("IMAX", "2016-01-15", "")
PLAIN = Standing(
    person_id="M10001",
    population="external",
    marked_coordinator=False,
    terminated=False,
    created_on="2016-01-15",
    wass_spoke_on="",
    wass_last_access_on="",
    password_changed_on="",
    rob_accepted_on="",
    unlocked_on="",
    roles=(TRACS, IMAX),
    properties=frozenset({1, 2}),
    contracts={},
    bpr=frozenset(),
    requests=(),
    flags=(),
)


def standing(**changes: Any) -> Standing:
    """The plain external person of properties 1 and 2, with *changes*."""
    return replace(PLAIN, **changes)


def person(on: str, last_activity_on: str = "", **changes: Any) -> Person:
    """That person measured on the day *on*."""
    return Person(standing(**changes), last_activity_on, CALENDAR, CATALOGUE, on)


def flag(item: str, *, on: str = "2017-10-02", by: str = "M90001", properties: Any = (1,)) -> Flag:
    """A flag of a coordinator with BPR for *properties*."""
    return Flag(item, by, on, frozenset(properties))


def request(
    by: str, *, on: str = "2017-10-03", covers: Any = (1,), counts: bool = True
) -> Request:
    """A request for recertification by a coordinator with BPR for the properties it *covers*."""
    return Request(by, on, counts, False, frozenset(covers))
