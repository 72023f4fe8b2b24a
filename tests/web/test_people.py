"""PUT /v1/people/{id}: the whole WASS truth about one person, at once."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select
from werkzeug.test import TestResponse

from models.access import (
    BusinessPartner,
    ContractAssignment,
    ContractProperty,
    PropertyAssignment,
    Staff,
)
from models.certification import CertificationRequest, Flag, RobAcceptance, Unlock
from models.engine import reading
from models.gate import Activity
from models.people import Person, PersonRole, Standing
from service.ledger.receipts import Signer
from service.people.gathering import gather_standings
from tests.conftest import Callers, Clock
from tests.database.wass import (
    BOTH,
    ELMS,
    IN_LAST_WINDOW,
    OAKS,
    PINES,
    TODAY,
    Somebody,
    Wass,
    coordinator,
)
from tests.web.asking import Gate, activity_of, codes, entries, field_errors

USER = "M10001"
OTHERS = ("M10002", "M90001")
NOTHING = {"added": 0, "changed": 0, "ended": 0}


class Feed:
    """The caller that says what WASS says."""

    def __init__(self, http: FlaskClient, headers: dict[str, str]) -> None:
        self._http = http
        self._headers = headers

    def puts(self, user_id: str, body: object) -> TestResponse:
        """Put a person; whatever comes back."""
        return self._http.put(f"/v1/people/{user_id}", json=body, headers=self._headers)

    def says(self, user_id: str = USER, **differently: Any) -> dict[str, Any]:
        """Put a person whom nothing keeps out, but for what is said otherwise; the answer."""
        response = self.puts(user_id, truth(**differently))
        assert response.status_code == 200, response.text
        return dict(response.json)


def truth(**differently: Any) -> dict[str, Any]:
    """What WASS says of M10001."""
    return {
        "population": "external",
        "created_on": "2015-01-05",
        "coordinator": False,
        "wass_status": "active",
        "wass_last_access_on": TODAY,
        "password_changed_on": "2026-02-01",
        "last_activity_on": "2026-02-20",
        "rob_accepted_on": "2025-12-01",
        "roles": ["TRACS", "IMAX"],
        "properties": [OAKS, ELMS],
        "contracts": [],
        "bpr": [],
        **differently,
    }


@pytest.fixture
def feed(http: FlaskClient, callers: Callers) -> Feed:
    """The caller that holds the scope feed."""
    return Feed(http, callers["feed"])


@pytest.fixture(autouse=True)
def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id=USER, properties=[OAKS, ELMS]),
        Somebody(id="M10002", properties=[OAKS, PINES], contracts=[BOTH]),
        coordinator(),
        contracts={BOTH: [OAKS, ELMS]},
        staff=[("M90001", USER)],
        certified=[(USER, "M90001", IN_LAST_WINDOW), ("M10002", "M90001", IN_LAST_WINDOW)],
    )


def _rows(engine: Engine, model: Any, *owners: str) -> list[tuple[Any, ...]]:
    """The rows of a table, or only those whose first column names one of *owners*."""
    with reading(engine).begin() as connection:
        rows = [tuple(row) for row in connection.execute(select(model.__table__))]
    return sorted((row for row in rows if not owners or row[0] in owners), key=str)


def _version(engine: Engine) -> int:
    (row,) = _rows(engine, Standing, USER)
    return int(row[1])


def test_the_truth_about_one_person_replaces_the_old_one(feed: Feed, engine: Engine) -> None:
    feed.says(
        coordinator=True,
        organisation="Oaks Management",
        wass_last_access_on=None,
        roles=["imax", {"code": "TCC", "assigned_on": "2020-02-03"}],
        properties=[ELMS, PINES],
        contracts=[BOTH.lower()],
        bpr=[OAKS],
    )

    (person,) = _rows(engine, Person, USER)
    assert (person[2], person[5], person[9]) == (True, "", "Oaks Management")
    assert _rows(engine, PersonRole, USER) == [
        (USER, "IMAX", "", ""),
        (USER, "TCC", "2020-02-03", ""),
        (USER, "TRACS", "", TODAY),
    ]
    assert _rows(engine, PropertyAssignment, USER) == [(USER, ELMS), (USER, PINES)]
    assert _rows(engine, ContractAssignment, USER) == [(USER, BOTH)]
    assert _rows(engine, BusinessPartner, USER) == [(USER, OAKS)]


def test_it_touches_nobody_elses_rows(feed: Feed, engine: Engine) -> None:
    tables = (
        *(Person, PersonRole, PropertyAssignment, ContractAssignment, BusinessPartner),
        *(Activity, Standing),
    )
    before = [_rows(engine, table, *OTHERS) for table in tables]
    contracts = _rows(engine, ContractProperty)

    feed.says(roles=[], properties=[], wass_status="terminated", last_activity_on=TODAY)

    assert [_rows(engine, table, *OTHERS) for table in tables] == before
    assert all(before[:5])
    assert _rows(engine, ContractProperty) == contracts


def test_what_the_service_owns_stays(feed: Feed, engine: Engine) -> None:
    with engine.begin() as connection:
        made: list[tuple[Any, dict[str, str]]] = [
            (Unlock, {"unlocked_by": "M90001", "unlocked_on": "2026-02-01"}),
            (RobAcceptance, {"accepted_on": "2026-01-07"}),
            (Flag, {"item": "TRACS", "coordinator_id": "M90001", "flagged_on": "2026-02-01"}),
        ]
        for table, values in made:
            connection.execute(insert(table).values(person_id=USER, **values))
    owned = (Unlock, RobAcceptance, Flag, Staff, CertificationRequest)
    before = [_rows(engine, table) for table in owned]

    feed.says(roles=[], properties=[], last_activity_on=None, rob_accepted_on=None)

    assert [_rows(engine, table) for table in owned] == before
    assert all(before)
    assert activity_of(engine, USER) == "2026-02-20"


def test_the_next_login_follows_at_once(feed: Feed, gate: Gate) -> None:
    assert gate.login(USER)["decision"] == "allow"

    feed.says(roles=[])
    without_roles = gate.login(USER)
    feed.says()
    with_roles = gate.login(USER)

    assert codes(without_roles) == ["NO_ROLE"]
    assert with_roles["decision"] == "allow"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("2026-02-19", "2026-02-20"), (None, "2026-02-20"), ("2026-02-21", "2026-02-21")],
)
def test_of_two_days_of_activity_the_later_one_wins(
    feed: Feed, engine: Engine, said: str | None, kept: str
) -> None:
    feed.says(last_activity_on=said)

    assert activity_of(engine, USER) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [("2025-11-30", "2025-12-01"), (None, "2025-12-01"), ("2025-12-02", "2025-12-02")],
)
def test_of_two_acceptances_the_later_one_wins(
    feed: Feed, engine: Engine, said: str | None, kept: str
) -> None:
    feed.says(rob_accepted_on=said)

    (person,) = _rows(engine, Person, USER)
    assert person[8] == kept


def test_a_role_that_vanishes_and_comes_back_was_assigned_on_the_day_it_did(
    feed: Feed, engine: Engine, clock: Clock
) -> None:
    clock.put("2026-03-03")
    feed.says(roles=["IMAX"])
    gone = _rows(engine, PersonRole, USER)
    clock.put("2026-03-05")
    feed.says(roles=["IMAX", "TRACS"])

    assert gone[1] == (USER, "TRACS", "", "2026-03-03")
    assert _rows(engine, PersonRole, USER)[1] == (USER, "TRACS", "2026-03-05", "")


def test_somebody_unknown_becomes_known(feed: Feed, gate: Gate, engine: Engine) -> None:
    assert codes(gate.login("M77777", "imax")) == ["USER_UNKNOWN"]

    answer = feed.says("m77777", roles=["IMAX"], properties=[], created_on=TODAY)

    assert answer["changes"]["people"] == {**NOTHING, "added": 1}
    assert _rows(engine, Person, "M77777")[0][3] == TODAY
    assert codes(gate.login("M77777", "imax")) != ["USER_UNKNOWN"]


def test_population_and_the_day_of_creation_are_enough(feed: Feed, engine: Engine) -> None:
    response = feed.puts("M77777", {"population": "external", "created_on": "2026-01-05"})

    assert response.status_code == 200
    expected = ("M77777", "external", False, "2026-01-05", False, "", "", TODAY, "", "")
    assert _rows(engine, Person, "M77777") == [expected]


def test_what_is_absent_is_not_known_and_an_absent_list_is_empty(
    feed: Feed, engine: Engine
) -> None:
    feed.puts(USER, {"population": "external", "created_on": "2015-01-05", "roles": None})

    (person,) = _rows(engine, Person, USER)
    assert (person[5], person[6]) == ("", "")
    assert {ended for *_, ended in _rows(engine, PersonRole, USER)} == {TODAY}
    assert _rows(engine, PropertyAssignment, USER) == []


def test_the_answer_counts_what_changed_and_has_a_receipt(
    feed: Feed, engine: Engine, signer: Signer
) -> None:
    answer = feed.says(roles=["IMAX", "TCC"], properties=[OAKS, PINES])

    assert set(answer) == {"outcome", "changes", "decision_id", "receipt"}
    assert answer["outcome"] == "done"
    assert answer["changes"]["roles"] == {"added": 1, "changed": 0, "ended": 1}
    assert answer["changes"]["property_assignments"] == {"added": 1, "changed": 0, "ended": 1}
    assert answer["changes"]["business_partners"] == NOTHING
    assert answer["receipt"]["key_id"] == signer.key_id


def test_it_is_entered_in_the_ledger(feed: Feed, engine: Engine) -> None:
    answer = feed.says(USER.lower(), roles=[])

    (entry,) = entries(engine, "person_put")
    assert (entry["id"], entry["person_id"]) == (answer["decision_id"], USER)
    assert (entry["outcome"], entry["caller"]) == ("done", "test feed")
    assert entry["changes"] == answer["changes"]
    assert entry["changes"]["roles"]["ended"] == 2


def test_the_same_twice_changes_nothing(feed: Feed, engine: Engine) -> None:
    feed.says()
    version = _version(engine)

    again = feed.says()

    assert all(each == NOTHING for each in again["changes"].values())
    assert _version(engine) == version


def test_the_standing_is_what_the_tables_say(feed: Feed, engine: Engine) -> None:
    version = _version(engine)

    feed.says(properties=[PINES], contracts=[BOTH])

    with reading(engine).begin() as connection:
        standing = gather_standings(connection, [USER])[USER]
    assert standing.properties == {PINES}
    assert standing.contracts == {BOTH: {OAKS, ELMS}}
    assert _version(engine) == version + 1


WRONG: dict[str, Any] = {
    "id": "M10002",
    "population": "martian",
    "created_on": "yesterday",
    "coordinator": "yes",
    "wass_status": "asleep",
    "wass_last_access_on": "2026-03-03",
    "password_changed_on": 20260201,
    "last_activity_on": "2026-02-30",
    "rob_accepted_on": "1899-12-31",
    "organisation": "a\x07b",
    "roles": ["TRACS", "tracs", 5, {"code": "", "assigned_on": "2026-03-03", "since": 1}, None],
    "properties": [OAKS, OAKS, "1", True, 0, 4, {}],
    "contracts": [BOTH, "no such", "NONE1", 7],
    "bpr": 800000001,
    "shoe_size": 44,
}


def test_every_field_error_comes_at_once_and_nothing_is_changed(
    feed: Feed, engine: Engine
) -> None:
    before = _version(engine)

    response = feed.puts(USER, WRONG)

    assert field_errors(response) == {
        *(field for field in WRONG if field not in ("roles", "properties", "contracts")),
        *("roles[1]", "roles[2]", "roles[4]"),
        *("roles[3].code", "roles[3].assigned_on", "roles[3].since"),
        *("properties[1]", "properties[2]", "properties[3]", "properties[4]"),
        *("properties[5]", "properties[6]"),
        *("contracts[1]", "contracts[2]", "contracts[3]"),
    }
    assert all(each["detail"].startswith("expected ") for each in response.json["errors"])
    assert _version(engine) == before
    assert entries(engine, "person_put") == []


def test_what_is_required_is_required(feed: Feed) -> None:
    assert field_errors(feed.puts(USER, {})) == {"population", "created_on"}
    nulls = {"population": None, "created_on": None}
    assert field_errors(feed.puts(USER, nulls)) == {"population", "created_on"}


@pytest.mark.parametrize("value", ["", 0, False, {}, "M10001"])
def test_what_is_no_list_is_refused(feed: Feed, value: object) -> None:
    lists = ("roles", "properties", "contracts", "bpr")

    response = feed.puts(USER, truth(**dict.fromkeys(lists, value)))

    assert field_errors(response) == set(lists)


def test_what_is_no_object_is_refused(feed: Feed) -> None:
    assert field_errors(feed.puts(USER, [truth()])) == {""}


@pytest.mark.parametrize("user_id", ["X10001", "M1000", "M100011", "M1000%C3%9F", "M10 01"])
def test_what_is_no_id_is_refused(feed: Feed, user_id: str) -> None:
    response = feed.puts(user_id, truth())

    assert field_errors(response) == {"id"}
    assert len(response.json["errors"]) == 1


@pytest.mark.parametrize("named", [USER, USER.lower(), None])
def test_the_body_may_name_the_person(feed: Feed, named: str | None) -> None:
    assert feed.says(USER, id=named)["outcome"] == "done"


def test_somebody_may_have_thousands_of_properties(feed: Feed, wass: Wass, engine: Engine) -> None:
    many = list(range(800001000, 800006000))
    wass.knows(Somebody(id=USER), Somebody(id="M10002", properties=many))

    answer = feed.says(properties=many)

    assert answer["changes"]["property_assignments"]["added"] == len(many)


@pytest.mark.parametrize("scope", ["gate", "subsystem", "auditor", "operator"])
def test_only_the_feed_may_say_what_wass_says(
    http: FlaskClient, callers: Callers, engine: Engine, scope: str
) -> None:
    before = _version(engine)

    response = Feed(http, callers[scope]).puts(USER, truth(roles=[]))

    assert response.status_code == 403
    assert _version(engine) == before
