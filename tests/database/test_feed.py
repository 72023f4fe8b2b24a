"""The feed: what WASS says is the whole truth of what WASS owns, and of nothing else."""

from sqlalchemy import Engine, insert, select

from models.access import BusinessPartner, ContractProperty, Property, PropertyAssignment, Staff
from models.certification import CertificationRequest, Flag, FlagScope, RobAcceptance, Unlock
from models.engine import reading
from models.people import Person, PersonRole, Standing
from tests.database.feeds import (
    COORDINATOR,
    Feed,
    certified,
    pairs,
    person,
    roles,
    stored,
    users,
    versions,
    whole,
)
from tests.database.wass import TODAY
from tests.web.asking import Gate, activity_of, codes

_COORDINATOR = person(COORDINATOR, coordinator="yes")


def test_a_feed_lets_in_whom_it_speaks_of(feed: Feed, gate: Gate) -> None:
    assert codes(gate.login("M10001")) == ["USER_UNKNOWN"]

    feed.says(**whole())

    assert gate.login("M10001", property_id=1)["decision"] == "allow"
    assert gate.login("M10001", contract_number="C1")["decision"] == "allow"


def test_a_file_is_the_whole_truth_and_rows_that_are_gone_end(feed: Feed, engine: Engine) -> None:
    feed.says(**whole())

    said = {
        "roles": roles(("M10001", "IMAX"), ("M90001", "TCC")),
        "properties": [{"property_id": "2", "name": "Elms"}],
        "contracts": pairs("contract_number", "property_id", ("C2", 2)),
        "property_assignments": pairs("person_id", "property_id", ("M10001", 2)),
        "business_partners": pairs("coordinator_id", "property_id", ("M90001", 1)),
    }
    feed.says(**said, day="2026-03-01")

    ended = stored(engine, PersonRole.role, PersonRole.ended_on)
    assert ended == [("IMAX", ""), ("TCC", ""), ("TRACS", "2026-03-01")]
    ended = stored(engine, Property.property_id, Property.ended_on)
    assert ended == [(1, "2026-03-01"), (2, "")]
    assert stored(engine, ContractProperty.contract_number) == [("C2",)]
    assert stored(engine, PropertyAssignment.property_id) == [(2,)]
    assert stored(engine, BusinessPartner.property_id) == [(1,)]


def test_an_absent_file_says_nothing(feed: Feed, engine: Engine) -> None:
    feed.says(**whole())
    before = versions(engine)

    imported = feed.says(properties=[{"property_id": "3", "name": "Pines"}])

    assert set(imported.spoken.changes) == {"properties", "staff", "certifications"}
    assert versions(engine) == before


def test_a_person_who_is_gone_is_terminated_and_never_deleted(
    feed: Feed, gate: Gate, engine: Engine
) -> None:
    feed.says(**whole())

    feed.says(people=[_COORDINATOR])

    assert stored(engine, Person.id, Person.terminated) == [("M10001", True), ("M90001", False)]
    assert "WASS_TERMINATED" in codes(gate.login("M10001"))


def test_a_person_who_comes_back_is_terminated_no_more(
    feed: Feed, gate: Gate, engine: Engine
) -> None:
    feed.says(**whole())
    feed.says(people=[_COORDINATOR])

    feed.says(people=whole()["people"])

    assert gate.login("M10001", property_id=1)["decision"] == "allow"


def test_of_the_two_dates_the_later_day_stands(feed: Feed, engine: Engine) -> None:
    dates = ("last_activity_on", "rob_accepted_on")
    feed.says(people=[person("M10001", **dict.fromkeys(dates, "2026-02-10"))])

    feed.says(people=[person("M10001", **dict.fromkeys(dates, "2026-02-09"))])
    kept = activity_of(engine, "M10001"), stored(engine, Person.rob_accepted_on)
    feed.says(people=[person("M10001", **dict.fromkeys(dates, ""))])
    still = activity_of(engine, "M10001"), stored(engine, Person.rob_accepted_on)
    feed.says(people=[person("M10001", **dict.fromkeys(dates, "2026-02-11"))])
    moved = activity_of(engine, "M10001"), stored(engine, Person.rob_accepted_on)

    assert kept == still == ("2026-02-10", [("2026-02-10",)])
    assert moved == ("2026-02-11", [("2026-02-11",)])


def test_the_dates_of_wass_are_what_wass_last_said(feed: Feed, engine: Engine) -> None:
    dates = ("wass_last_access_on", "password_changed_on")
    feed.says(people=[person("M10001", **dict.fromkeys(dates, "2026-02-10"))])

    feed.says(people=[person("M10001", **dict.fromkeys(dates, "2026-02-01"))])
    earlier = stored(engine, Person.wass_last_access_on, Person.password_changed_on)
    feed.says(people=[person("M10001")])

    assert earlier == [("2026-02-01", "2026-02-01")]
    assert stored(engine, Person.wass_last_access_on) == [("",)]


def test_the_age_of_a_password_is_measured_to_the_day_wass_speaks_of(
    feed: Feed, gate: Gate
) -> None:
    said = whole()
    said["people"] = [person("M10001", password_changed_on="2025-12-01"), _COORDINATOR]
    feed.says(**said, day="2026-03-01")
    young = gate.login("M10001")

    feed.says(**said, day="2026-03-02")

    assert young["decision"] == "allow"
    assert codes(gate.login("M10001")) == ["WASS_PASSWORD_EXPIRED"]


def test_relations_and_certifications_are_only_ever_added(feed: Feed, engine: Engine) -> None:
    feed.says(**whole())

    other = [{"person_id": "M10001", "coordinator_id": "M90001", "requested_on": "2025-11-01"}]
    feed.says(
        people=[*whole()["people"], person("M10002")],
        staff=pairs("coordinator_id", "user_id", ("M90001", "M10002")),
        certifications=other,
    )

    assert stored(engine, Staff.user_id) == [("M10001",), ("M10002",)]
    assert stored(engine, CertificationRequest.requested_on) == [("2025-10-01",), ("2025-11-01",)]


def test_a_certification_alone_opens_the_door(feed: Feed, gate: Gate, engine: Engine) -> None:
    feed.says(**{**whole(), "certifications": [certified("2024-10-01")]})
    before = dict(versions(engine))
    assert "NOT_CERTIFIED" in codes(gate.login("M10001"))

    feed.says(certifications=[certified("2025-10-01")])

    assert gate.login("M10001")["decision"] == "allow"
    assert dict(versions(engine)) == before | {"M10001": before["M10001"] + 1}


def test_the_same_feed_twice_changes_nothing(feed: Feed, engine: Engine) -> None:
    feed.says(**whole())
    before = versions(engine)

    imported = feed.says(**whole(), allow_shrink=False)

    counts = [feed.counts(imported, table) for table in imported.spoken.changes]
    assert counts == [(0, 0, 0)] * 9
    assert versions(engine) == before


def test_a_role_that_disappears_and_comes_back_is_assigned_on_that_day(
    feed: Feed, engine: Engine
) -> None:
    feed.says(people=users(1), roles=roles(("M10001", "TRACS"), ("M10001", "IMAX")))
    feed.says(roles=roles(("M10001", "IMAX")), day="2026-02-26")

    feed.says(roles=roles(("M10001", "TRACS"), ("M10001", "IMAX")), day="2026-02-28")

    columns = PersonRole.role, PersonRole.assigned_on, PersonRole.ended_on
    assert stored(engine, *columns) == [("IMAX", "", ""), ("TRACS", "2026-02-28", "")]


def test_the_day_a_role_was_assigned_is_believed_when_wass_says_it(
    feed: Feed, engine: Engine
) -> None:
    feed.says(people=users(1), roles=roles(("M10001", "TRACS"), ("M10001", "IMAX")))
    said = [
        {"person_id": "M10001", "role": "TRACS", "assigned_on": "2024-05-05"},
        {"person_id": "M10001", "role": "IMAX", "assigned_on": ""},
    ]

    feed.says(roles=said)

    kept = stored(engine, PersonRole.role, PersonRole.assigned_on)
    assert kept == [("IMAX", ""), ("TRACS", "2024-05-05")]


def test_what_the_service_owns_is_never_taken_away(feed: Feed, gate: Gate, engine: Engine) -> None:
    feed.says(**whole())
    gate.accepts("M10001")
    assert gate.login("M10001")["decision"] == "allow"
    with engine.begin() as connection:
        flag = {"person_id": "M10001", "item": "IMAX", "coordinator_id": "M90001"}
        connection.execute(insert(Flag).values(id=1, **flag, flagged_on="2026-02-01"))
        connection.execute(insert(FlagScope).values(flag_id=1, property_id=1))
        unlock = {"person_id": "M10001", "unlocked_by": "M90001", "unlocked_on": "2026-02-02"}
        connection.execute(insert(Unlock).values(**unlock))
    tables = (Flag, FlagScope, Unlock, RobAcceptance, CertificationRequest, Staff)
    before = [stored(engine, *table.__table__.c) for table in tables]

    feed.says(people=[person("M77777")], roles=roles(("M77777", "TRACS")))
    feed.says(**whole())

    assert all(before)
    assert [stored(engine, *table.__table__.c) for table in tables] == before
    assert activity_of(engine, "M10001") == TODAY
    assert max(stored(engine, Person.rob_accepted_on)) == (TODAY,)


def test_an_unlock_and_a_flag_outlive_a_feed_in_the_standing_too(
    feed: Feed, engine: Engine
) -> None:
    feed.says(**whole())
    with engine.begin() as connection:
        unlock = {"person_id": "M10001", "unlocked_by": "M90001", "unlocked_on": "2026-02-02"}
        connection.execute(insert(Unlock).values(**unlock))

    feed.says(people=[_COORDINATOR], day="2026-03-03")

    query = select(Standing.document).where(Standing.person_id == "M10001")
    with reading(engine).begin() as connection:
        document = connection.scalar(query)
    assert document is not None
    assert (document["unlocked_on"], document["terminated"]) == ("2026-02-02", True)


def test_roles_the_catalogue_does_not_know_are_kept_and_named(feed: Feed, gate: Gate) -> None:
    imported = feed.says(people=users(1), roles=roles(("M10001", "UPD"), ("M10001", "AUP")))

    assert imported.strange_roles == {"UPD", "AUP"}
    assert "NO_ROLE" in codes(gate.login("M10001"))
