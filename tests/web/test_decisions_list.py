"""GET /v1/decisions: what was decided, the newest first, found by whom it is about and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from service.ledger.entries import Entry as NewEntry
from service.ledger.entries import append
from service.recertification.replay import KINDS
from tests.conftest import Callers, Clock
from tests.database.wass import OAKS, Somebody, Wass
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, codes, entries, field_errors
from tests.web.doors import DOORS, ID, open_doors

PATH = "/v1/decisions"


@dataclass(frozen=True, slots=True)
class Auditor:
    """Whoever looks decisions up."""

    http: FlaskClient
    headers: dict[str, str]

    def asks(self, **query: Any) -> Any:
        """Ask; whatever comes back."""
        named = {name.rstrip("_"): each for name, each in query.items()}
        return self.http.get(PATH, query_string=named, headers=self.headers)

    def finds(self, **query: Any) -> list[dict[str, Any]]:
        """The decisions of every page."""
        return [row for page in self.pages(**query) for row in page["decisions"]]

    def pages(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Every page, each asked for when the one before has been looked at."""
        response = self.asks(**query)
        assert response.status_code == 200, response.text
        yield response.json
        if response.json["next_cursor"]:
            yield from self.pages(**{**query, "cursor": response.json["next_cursor"]})


@pytest.fixture
def auditor(http: FlaskClient, callers: Callers) -> Auditor:
    """An auditor."""
    return Auditor(http, callers["auditor"])


def _ids(rows: list[dict[str, Any]]) -> list[str]:
    return [each["decision_id"] for each in rows]


def test_every_decision_stands_there_once_the_newest_first_however_small_the_pages(
    auditor: Auditor, wass: Wass, subsystem: Subsystem, gate: Gate, engine: Engine
) -> None:
    open_doors(wass, subsystem)
    gate.login(ID)
    gate.accepts(ID)
    for door in DOORS.values():
        door.answer(subsystem)

    found = auditor.finds(limit=3)

    kept = {each["id"]: each for each in entries(engine, *KINDS)}
    assert _ids(found) == sorted(kept, reverse=True)
    assert _ids(found) == _ids(auditor.finds(limit=100))
    for row in found:
        entry = kept[row["decision_id"]]
        assert (row["kind"], row["outcome"], row["reason"]) == (
            entry["kind"],
            entry["outcome"],
            entry["reason"],
        )
        assert (row["user_id"], row["caller"]) == (entry["person_id"], entry["caller"])
        assert row["policy_digest"] == entry["digest"]
    assert {row["actor_id"] for row in found} == {"", "M90001"}


def test_each_reason_is_said_in_words(auditor: Auditor, gate: Gate, wass: Wass) -> None:
    user = wass.knows_a_user(last_activity_on="2025-11-01", rob_accepted_on="")
    answer = gate.login(user)

    (row,) = auditor.finds(user_id=user)

    assert codes(row) == codes(answer) == ["INACTIVE", "ROB_NOT_ACCEPTED"]
    assert [r["meaning"] for r in row["reasons"]] == [r["meaning"] for r in answer["reasons"]]


def test_they_are_found_by_person_outcome_and_first_reason(
    auditor: Auditor, gate: Gate, wass: Wass
) -> None:
    user = wass.knows_a_user()
    allowed, unknown = gate.login(user), gate.login("M77777")

    assert _ids(auditor.finds(user_id=user.lower())) == [allowed["decision_id"]]
    assert _ids(auditor.finds(outcome="lock")) == [unknown["decision_id"]]
    assert _ids(auditor.finds(reason="USER_UNKNOWN")) == [unknown["decision_id"]]
    assert _ids(auditor.finds(user_id=user, reason="USER_UNKNOWN")) == []
    assert auditor.finds(user_id="M10002") == []


def test_a_day_is_meant_as_a_whole_and_an_instant_to_the_moment(
    auditor: Auditor, gate: Gate, clock: Clock
) -> None:
    days = ("2026-03-02", "2026-03-03", "2026-03-04")
    made = {}
    for day in days:
        clock.put(day)
        made[day] = gate.login("M77777")["decision_id"]
    noon = clock.at.replace(day=3)

    assert _ids(auditor.finds(from_=days[1])) == [made[days[2]], made[days[1]]]
    assert _ids(auditor.finds(to=days[1])) == [made[days[1]], made[days[0]]]
    assert _ids(auditor.finds(from_=days[1], to=days[1])) == [made[days[1]]]
    assert _ids(auditor.finds(from_=noon.isoformat())) == [made[days[2]], made[days[1]]]
    assert _ids(auditor.finds(to=noon.isoformat())) == [made[days[0]]]


def test_an_unlock_of_several_people_is_found_by_each_of_them_and_by_nobody_else(
    auditor: Auditor, subsystem: Subsystem, gate: Gate, wass: Wass, clock: Clock
) -> None:
    idle = [Somebody(id=f"M1000{n}", properties=[OAKS], last_activity_on="") for n in (1, 2, 3)]
    wass.knows_staff(*idle)
    before = gate.login("M10001")["decision_id"]
    clock.at += timedelta(seconds=1)
    both = subsystem.posts("/v1/unlocks", user_ids=["M10001", "M10002"])["decision_id"]
    clock.at += timedelta(seconds=1)
    after = gate.login("M10001")["decision_id"]

    assert _ids(auditor.finds(user_id="M10001", limit=1)) == [after, both, before]
    assert _ids(auditor.finds(user_id="M10002")) == [both]
    assert auditor.finds(user_id="M10003") == []
    assert auditor.finds(user_id="M90001") == []
    assert auditor.finds(user_id="M10002")[0]["user_ids"] == ["M10001", "M10002"]


@ANY_DATABASE
@pytest.mark.parametrize("stored", [True, False])
def test_a_decision_is_shown_when_its_rulebook_no_longer_knows_the_code(
    auditor: Auditor, gate: Gate, engine: Engine, clock: Clock, stored: bool
) -> None:
    made = gate.login("M77777")
    digest = made["policy_digest"] if stored else "0" * 64
    said = {"reasons": [{"code": "LONG_GONE", "rule": "", "authority": ""}], "digest": digest}
    with engine.begin() as connection:
        entry = NewEntry(
            kind="login",
            as_of=clock(),
            outcome="lock",
            person_id="M10001",
            reason="LONG_GONE",
            said=said,
        )
        append(connection, entry)

    (row,) = auditor.finds(reason="LONG_GONE")

    assert row["reasons"] == [{"code": "LONG_GONE", "meaning": ""}]


WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a person who is none": ({"user_id": "X1"}, {"user_id"}),
    "a day that is none": ({"from_": "2026-02-30"}, {"from"}),
    "a month": ({"to": "2026-02"}, {"to"}),
    "an instant without a zone": ({"from_": "2026-03-02T12:00:00"}, {"from"}),
    "an end before the beginning": ({"from_": "2026-03-02", "to": "2026-03-01"}, {"to"}),
    "an outcome that is none": ({"outcome": "maybe"}, {"outcome"}),
    "a reason in words": ({"reason": "not certified"}, {"reason"}),
    "a cursor that is none": ({"cursor": "1"}, {"cursor"}),
    "no row": ({"limit": "0"}, {"limit"}),
    "too many rows": ({"limit": "101"}, {"limit"}),
    "an unknown parameter": ({"user": "M10001"}, {"user"}),
    "everything at once": (
        {"user_id": "?", "from_": "x", "to": "y", "outcome": "z", "limit": "-1", "a": "b"},
        {"user_id", "from", "to", "outcome", "limit", "a"},
    ),
}


@ANY_DATABASE
@pytest.mark.parametrize(("query", "fields"), WRONG.values(), ids=WRONG)
def test_each_parameter_that_is_wrong_is_named(
    auditor: Auditor, query: dict[str, Any], fields: set[str]
) -> None:
    assert field_errors(auditor.asks(**query)) == fields


@ANY_DATABASE
def test_the_list_is_for_auditors(http: FlaskClient, callers: Callers) -> None:
    by = {scope: http.get(PATH, headers=callers[scope]).status_code for scope in callers.tokens}

    assert http.get(PATH).status_code == 401
    assert by == {**dict.fromkeys(callers.tokens, 403), "auditor": 200}


@ANY_DATABASE
def test_nothing_the_list_answers_is_undocumented(
    auditor: Auditor, gate: Gate, http: FlaskClient
) -> None:
    gate.login("M77777")
    schemas = http.get("/openapi.json").json["components"]["schemas"]

    (row,) = auditor.finds()

    assert set(row) == set(schemas["Made"]["properties"])
    assert set(row["reasons"][0]) == set(schemas["Worded"]["properties"])
