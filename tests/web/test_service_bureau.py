"""The example of Q&A 28: three companies with 20, 10 and 10 properties, one coordinator each, and
a service bureau whose three employees work for all forty; from WASS's files to the last login."""

from pathlib import Path

import pytest

from service.wiring import Wiring
from tests.conftest import Clock
from tests.database.feeds import Feed, pairs, person, roles
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, codes

EMPLOYEES = ("M10001", "M10002", "M10003")
COMPANIES = {
    "M91001": tuple(range(810000001, 810000021)),
    "M91002": tuple(range(820000001, 820000011)),
    "M91003": tuple(range(830000001, 830000011)),
}
ALPHA, BRAVO, CHARLIE = COMPANIES
ALL = tuple(each for own in COMPANIES.values() for each in own)
#: The window of calendar.yaml is open from 1 September to 31 December 2025.
BEFORE, INSIDE, LAST_DAY, CLOSED = "2025-08-25", "2025-11-03", "2025-12-31", "2026-01-01"
LAST_YEAR = "2024-11-04"


@pytest.fixture
def bureau(parts: Wiring, tmp_path: Path) -> None:
    """What WASS says before the window; everybody was certified in that of the year before."""
    used = {"last_activity_on": "2025-08-20", "rob_accepted_on": "2025-06-02"}
    everybody = [*EMPLOYEES, *COMPANIES]
    nine = [(each, by) for each in EMPLOYEES for by in COMPANIES]
    Feed(parts, tmp_path / "feed").says(
        day=BEFORE,
        people=[
            *(person(each, **used) for each in EMPLOYEES),
            *(person(each, coordinator="yes", **used) for each in COMPANIES),
        ],
        roles=roles(
            *((each, role) for each in everybody for role in ("TRACS", "IMAX")),
            *((each, role) for each in COMPANIES for role in ("TCC", "TCR")),
        ),
        properties=[{"property_id": str(each), "name": f"Property {each}"} for each in ALL],
        property_assignments=pairs(
            *("person_id", "property_id"), *((each, p) for each in EMPLOYEES for p in ALL)
        ),
        business_partners=pairs(
            *("coordinator_id", "property_id"), *((c, p) for c in COMPANIES for p in COMPANIES[c])
        ),
        certifications=[
            {"person_id": each, "coordinator_id": by, "requested_on": LAST_YEAR}
            for each, by in nine
        ],
    )


def _certify_all(subsystem: Subsystem, company: str) -> None:
    """The company's coordinator requests the recertification of the three employees."""
    for each in EMPLOYEES:
        answer = subsystem.by(company).posts("/v1/certifications", user_id=each)
        assert (answer["outcome"], answer["counts"]) == ("done", True)
        assert answer["properties"] == list(COMPANIES[company])


def _closed(companies: tuple[str, ...]) -> list[int]:
    return [p for company, own in COMPANIES.items() if company not in companies for p in own]


def _assert_open(gate: Gate, *companies: str) -> None:
    """To every employee the menu is open and says which properties, those of others, are not."""
    refused = [{"property_id": p, "reason": "PROPERTY_NOT_CERTIFIED"} for p in _closed(companies)]
    for each in EMPLOYEES:
        at_the_menu = gate.login(each)
        assert (at_the_menu["decision"], at_the_menu["refused_properties"]) == ("allow", refused)
        assert gate.login(each, "imax")["decision"] == "allow"  # the global role


def _assert_one_by_one(gate: Gate, *companies: str, employee: str = EMPLOYEES[0]) -> None:
    """The properties of *companies* open, each by itself, and of the others none."""
    closed = _closed(companies)
    for p in ALL:
        answer = gate.login(employee, property_id=p)
        reason = ["PROPERTY_NOT_CERTIFIED"] if p in closed else ["OK"]
        assert (answer["decision"] == "allow", codes(answer)) == (p not in closed, reason)


@pytest.mark.usefixtures("bureau")
def test_nine_relationships_and_nine_requests_open_forty_properties_to_three_employees(
    subsystem: Subsystem, gate: Gate, clock: Clock
) -> None:
    clock.put(BEFORE)
    _assert_open(gate, *COMPANIES)

    clock.put(INSIDE)
    early = subsystem.by(ALPHA).posts("/v1/certifications", user_id=EMPLOYEES[0])
    assert codes(early) == ["NOT_ASSIGNED"]  # the relationship comes first
    for company in COMPANIES:
        assert gate.login(company)["decision"] == "allow"
        for each in EMPLOYEES:
            made = subsystem.by(company).posts("/v1/staff", user_id=each)
            assert made["outcome"] == "done"
        assert subsystem.by(company).gets("/v1/staff")["people"] == list(EMPLOYEES)
    _certify_all(subsystem, ALPHA)
    _assert_open(gate, *COMPANIES)  # what was requested the year before counts to the end

    clock.put(LAST_DAY)
    _assert_open(gate, *COMPANIES)
    clock.put(CLOSED)
    _assert_open(gate, ALPHA)  # twenty are open, and twenty are refused
    _assert_one_by_one(gate, ALPHA)

    _certify_all(subsystem, BRAVO)  # late, and it works at once
    _assert_open(gate, ALPHA, BRAVO)
    _assert_one_by_one(gate, ALPHA, BRAVO)
    _certify_all(subsystem, CHARLIE)
    _assert_open(gate, *COMPANIES)
    for each in EMPLOYEES:
        _assert_one_by_one(gate, *COMPANIES, employee=each)

    shown = subsystem.by(CHARLIE).gets(f"/v1/users/{EMPLOYEES[0]}/certifications")
    assert [(each["by"], each["day"]) for each in shown["certifications"]] == [
        *((CHARLIE, CLOSED), (BRAVO, CLOSED), (ALPHA, INSIDE)),
        *((CHARLIE, LAST_YEAR), (BRAVO, LAST_YEAR), (ALPHA, LAST_YEAR)),
    ]


@pytest.mark.usefixtures("bureau")
@ANY_DATABASE
def test_with_all_nine_requests_in_the_window_the_day_after_it_is_like_the_day_before(
    subsystem: Subsystem, gate: Gate, clock: Clock
) -> None:
    clock.put(INSIDE)
    for company in COMPANIES:
        for each in EMPLOYEES:
            subsystem.by(company).posts("/v1/staff", user_id=each)
        _certify_all(subsystem, company)
        _assert_open(gate, *COMPANIES)

    clock.put(CLOSED)
    _assert_open(gate, *COMPANIES)


@pytest.mark.usefixtures("bureau")
@ANY_DATABASE
def test_when_nobody_was_certified_in_the_window_nobody_comes_in(gate: Gate, clock: Clock) -> None:
    clock.put(INSIDE)
    _assert_open(gate, *COMPANIES)
    clock.put(CLOSED)

    for each in EMPLOYEES:
        answer = gate.login(each, property_id=ALL[0])
        assert (answer["decision"], answer["applies_to"]) == ("lock", "person")
        assert codes(answer) == ["NOT_CERTIFIED"]
        assert answer["refused_properties"] == []
