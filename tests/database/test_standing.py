"""A person's standing equals the tables it comes from, whatever WASS said, in whatever order."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from models.people import Person, Standing
from service.core.standing import to_plain
from service.login.gather import active_court
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid
from service.people.gathering import gather_standings
from service.people.standing import rewrite
from service.people.wass import speak
from service.wiring import Wiring
from tests.conftest import Clock
from tests.database.wass import TODAY, Wass
from tests.web.asking import Gate

PEOPLE = ("M10001", "M10002", "M90001", "H10001")
ROLES = ("TRACS", "IMAX", "TCC", "STRANGE")
PROPERTIES = (1, 2, 3)
CONTRACTS = ("C1", "C2")
FIRST_DAY = date(2026, 3, 2)
_DAYS = st.sampled_from(["", "2016-02-29", "2025-09-01", "2026-02-28"])


def _population(person_id: str) -> str:
    return "hud_staff" if person_id.startswith("H") else "external"


@st.composite
def _people(draw: st.DrawFn, ids: frozenset[str]) -> dict[str, PersonSaid]:
    return {
        i: PersonSaid(
            id=i,
            population=_population(i),
            created_on=draw(st.sampled_from(["2015-01-05", "2026-01-05"])),
            coordinator=draw(st.booleans()),
            terminated=draw(st.booleans()),
            wass_last_access_on=draw(_DAYS),
            password_changed_on=draw(_DAYS),
            last_activity_on=draw(_DAYS),
            rob_accepted_on=draw(_DAYS),
        )
        for i in sorted(ids)
    }


def _pairs(ones: tuple[Any, ...], others: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.frozensets(st.tuples(st.sampled_from(ones), st.sampled_from(others)), max_size=6)


_EXTRACTS = st.builds(
    Extract,
    people=st.none() | st.frozensets(st.sampled_from(PEOPLE)).flatmap(_people),
    roles=st.none()
    | st.dictionaries(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ROLES)), _DAYS),
    properties=st.none()
    | st.frozensets(st.sampled_from(PROPERTIES)).map(
        lambda found: {p: PropertySaid(property_id=p) for p in found}
    ),
    contracts=st.none() | _pairs(CONTRACTS, PROPERTIES),
    property_assignments=st.none() | _pairs(PEOPLE, PROPERTIES),
    contract_assignments=st.none() | _pairs(PEOPLE, CONTRACTS),
    business_partners=st.none() | _pairs(PEOPLE, PROPERTIES),
    staff=_pairs(PEOPLE, PEOPLE),
    certifications=st.frozensets(
        st.builds(
            CertificationSaid,
            st.sampled_from(PEOPLE),
            st.sampled_from(PEOPLE),
            st.sampled_from(["2025-10-01", "2026-02-01"]),
        ),
        max_size=3,
    ),
)
_EVERYBODY = _people(frozenset(PEOPLE))
_FEEDS = st.lists(st.tuples(_EXTRACTS, st.sampled_from([0, 1, 40])), min_size=1, max_size=5)
_Stored = Mapping[str, tuple[int, dict[str, Any]]]


def _stored(connection: Connection) -> _Stored:
    rows = connection.execute(select(Standing.person_id, Standing.version, Standing.document))
    return {row.person_id: (row.version, row.document) for row in rows}


def _assert_versions_tell_changes(before: _Stored, after: _Stored) -> None:
    for person_id, (version, document) in after.items():
        was, said = before.get(person_id, (0, None))
        assert version == was + (document != said), person_id


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example is rolled back
)
@given(everybody=_EVERYBODY, feeds=_FEEDS)
def test_after_any_feeds_the_standing_equals_its_tables_and_versions_tell_changes(
    parts: Wiring, everybody: dict[str, PersonSaid], feeds: list[tuple[Extract, int]]
) -> None:
    day = FIRST_DAY
    with parts.engine.connect() as connection, connection.begin() as work:
        catalogue = active_court(connection, parts.courts).book.catalogue
        speak(connection, Extract(people=everybody), day=TODAY, catalogue=catalogue)

        for extract, days in feeds:
            day += timedelta(days=days)
            before = _stored(connection)
            speak(connection, extract, day=day.isoformat(), catalogue=catalogue)
            after = _stored(connection)

            gathered = gather_standings(connection, PEOPLE)
            assert {i: d for i, (_, d) in after.items()} == {
                i: to_plain(each) for i, each in gathered.items()
            }
            _assert_versions_tell_changes(before, after)
            assert rewrite(connection, PEOPLE) == 0
            assert _stored(connection) == after
        work.rollback()


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example is rolled back
)
@given(everybody=_EVERYBODY, extract=_EXTRACTS)
def test_the_same_said_again_on_the_same_day_changes_nothing(
    parts: Wiring, everybody: dict[str, PersonSaid], extract: Extract
) -> None:
    with parts.engine.connect() as connection, connection.begin() as work:
        catalogue = active_court(connection, parts.courts).book.catalogue
        speak(connection, Extract(people=everybody), day=TODAY, catalogue=catalogue)
        speak(connection, extract, day=TODAY, catalogue=catalogue)
        before = _stored(connection)

        spoken = speak(connection, extract, day=TODAY, catalogue=catalogue)

        assert spoken.standings == 0
        assert not any(c.added or c.changed or c.ended for c in spoken.changes.values())
        assert _stored(connection) == before
        work.rollback()


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example is rolled back
)
@given(everybody=_EVERYBODY, whole=_EXTRACTS, about=st.sampled_from(PEOPLE), data=st.data())
def test_what_is_said_about_one_person_touches_no_other(
    parts: Wiring, everybody: Any, whole: Extract, about: str, data: st.DataObject
) -> None:
    one = Extract(
        people=data.draw(_people(frozenset([about]))),
        roles=dict.fromkeys([(about, "TRACS")], ""),
        property_assignments=frozenset([(about, 1)]),
        business_partners=frozenset(),
    )
    with parts.engine.connect() as connection, connection.begin() as work:
        catalogue = active_court(connection, parts.courts).book.catalogue
        speak(connection, Extract(people=everybody), day=TODAY, catalogue=catalogue)
        speak(connection, whole, day=TODAY, catalogue=catalogue)
        before = _stored(connection)

        speak(connection, one, day="2026-03-03", catalogue=catalogue, about=frozenset([about]))

        after = _stored(connection)
        assert {i for i in after if after[i] != before[i]} <= {about}
        assert after[about][1]["properties"] == [1]
        assert after[about][1]["bpr"] == []
        assert rewrite(connection, PEOPLE) == 0
        work.rollback()


def _versions(parts: Wiring) -> dict[str, int]:
    with parts.engine.begin() as connection:
        return {i: version for i, (version, _) in _stored(connection).items()}


def test_a_login_does_not_raise_the_version(gate: Gate, wass: Wass, parts: Wiring) -> None:
    user = wass.knows_a_user()
    before = _versions(parts)

    assert gate.login(user)["decision"] == "allow"

    assert _versions(parts) == before


def test_a_later_activity_said_by_wass_does_not_raise_the_version(
    wass: Wass, parts: Wiring
) -> None:
    wass.knows_a_user()
    before = _versions(parts)

    wass.knows_a_user(last_activity_on=TODAY)

    assert _versions(parts) == before


def test_an_acceptance_raises_the_version_of_who_accepted(
    gate: Gate, wass: Wass, parts: Wiring, clock: Clock
) -> None:
    user = wass.knows_a_user()
    before = _versions(parts)

    gate.accepts(user)

    assert _versions(parts) == before | {user: before[user] + 1}


def test_nobody_is_without_a_standing(wass: Wass, parts: Wiring) -> None:
    wass.knows_a_user()

    with parts.engine.begin() as connection:
        people = set(connection.scalars(select(Person.id)))

        assert set(_stored(connection)) == people
