"""What ended with a certification window, and for whom."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from models.certification import CertificationRequest as Request
from models.engine import reading
from service.core.calendar import CALENDAR_FILE
from service.policy.folder import SHIPPED, read_texts
from service.policy.revisions import Hand, install
from service.recertification.closing import closings
from service.recertification.ended import WHOLE
from service.wiring import Wiring
from tests.conftest import Clock
from tests.database.closer import Closer
from tests.database.wass import (
    ELMS,
    IN_LAST_WINDOW,
    OAKS,
    PINES,
    TODAY,
    Somebody,
    Wass,
    coordinator,
    extract_of,
)
from tests.web.asking import ANY_DATABASE, Gate, entries

USER, BY, ANOTHER = "M10001", "M90001", "M90002"
BEFORE_IT, LAST_DAY, DAY_AFTER, LATER = "2025-08-31", "2025-12-31", "2026-01-01", "2026-01-02"


def _user(**differently: object) -> Somebody:
    return Somebody(**{"id": USER, "properties": (OAKS, ELMS), **differently})  # type: ignore[arg-type]


@ANY_DATABASE
def test_a_role_flagged_for_every_property_is_removed_whole(wass: Wass, closer: Closer) -> None:
    wass.knows_a_user()
    closer.flags(USER, "TRACS", (OAKS, ELMS, PINES))

    assert closer.closes().removed == [[USER, "TRACS", WHOLE]]


@ANY_DATABASE
def test_a_role_flagged_for_some_properties_is_removed_for_those_the_person_has(
    wass: Wass, closer: Closer
) -> None:
    wass.knows_a_user()
    closer.flags(USER, "TRACS", (ELMS, PINES))

    assert closer.closes().removed == [[USER, "TRACS", [ELMS]]]


@ANY_DATABASE
def test_a_global_role_is_removed_whole_unless_another_coordinator_certified(
    wass: Wass, closer: Closer
) -> None:
    people = [_user(id="M10001"), _user(id="M10002")]
    certified = [("M10001", BY, IN_LAST_WINDOW), ("M10002", ANOTHER, IN_LAST_WINDOW)]
    wass.knows(*people, coordinator(), coordinator(ANOTHER), certified=certified)
    for each in people:
        closer.flags(each.id, "IMAX", (OAKS, ELMS))

    assert closer.closes().removed == [["M10001", "IMAX", WHOLE]]


@ANY_DATABASE
def test_a_property_for_which_another_coordinator_certified_keeps_its_role(
    wass: Wass, closer: Closer
) -> None:
    certified = [(USER, ANOTHER, IN_LAST_WINDOW)]
    wass.knows(_user(), coordinator(), coordinator(ANOTHER, bpr=(ELMS,)), certified=certified)
    closer.flags(USER, "TRACS", (OAKS, ELMS))

    assert closer.closes().removed == [[USER, "TRACS", [OAKS]]]


@ANY_DATABASE
@pytest.mark.parametrize(
    "flagged", [{"on": DAY_AFTER}, {"withdrawn_on": "2025-10-02"}], ids=["too late", "withdrawn"]
)
def test_a_flag_that_did_not_mature_with_the_window_took_nothing(
    wass: Wass, closer: Closer, flagged: dict[str, str]
) -> None:
    wass.knows_a_user()
    closer.flags(USER, "TRACS", (OAKS, ELMS), **flagged)  # type: ignore[arg-type]

    assert closer.closes().removed == []


@ANY_DATABASE
def test_what_an_earlier_window_took_is_not_removed_again(wass: Wass, closer: Closer) -> None:
    wass.knows(_user(properties=(OAKS, ELMS, PINES)), coordinator())
    closer.flags(USER, "TRACS", (OAKS,), on="2024-10-01")
    closer.flags(USER, "IMAX", (OAKS,), on="2024-10-01")
    closer.flags(USER, "TRACS", (OAKS, ELMS))
    closer.flags(USER, "IMAX", (OAKS, ELMS))

    assert closer.closes().removed == [[USER, "TRACS", [ELMS]]]


@ANY_DATABASE
def test_the_last_property_taken_takes_the_role_whole(wass: Wass, closer: Closer) -> None:
    wass.knows_a_user()
    closer.flags(USER, "TRACS", (OAKS,), on="2024-10-01")
    closer.flags(USER, "TRACS", (ELMS,))

    assert closer.closes().removed == [[USER, "TRACS", WHOLE]]


@ANY_DATABASE
def test_a_role_given_again_since_is_not_removed(wass: Wass, closer: Closer) -> None:
    extract = extract_of(_user(), coordinator())
    given = {each: LATER for each in extract.roles or {} if each == (USER, "TRACS")}
    wass.says(replace(extract, roles={**(extract.roles or {}), **given}))
    for item in ("TRACS", "IMAX"):
        closer.flags(USER, item, (OAKS, ELMS))

    assert closer.closes().removed == [[USER, "IMAX", WHOLE]]


@ANY_DATABASE
@pytest.mark.parametrize(
    ("requested", "uncertified"),
    [
        ("", [USER]),
        (BEFORE_IT, [USER]),
        ("2025-09-01", []),
        (LAST_DAY, []),
        (DAY_AFTER, []),
        (LATER, [USER]),
    ],
)
def test_who_lacks_a_request_on_the_day_after_the_last_is_left_uncertified(
    wass: Wass, closer: Closer, requested: str, uncertified: list[str]
) -> None:
    certified = [(USER, BY, requested)] if requested else []
    wass.knows(_user(), coordinator(), certified=certified)

    assert closer.closes().uncertified == uncertified


@ANY_DATABASE
def test_who_lacks_a_request_for_one_property_is_left_uncertified(
    wass: Wass, closer: Closer
) -> None:
    certified = [(USER, BY, IN_LAST_WINDOW)]
    wass.knows(_user(), coordinator(bpr=(OAKS,)), certified=certified)

    assert closer.closes().uncertified == [USER]


@ANY_DATABASE
@pytest.mark.parametrize(
    ("created_on", "uncertified"), [(LAST_DAY, [USER]), (DAY_AFTER, []), (TODAY, [])]
)
def test_who_came_after_the_window_has_missed_nothing(
    wass: Wass, closer: Closer, created_on: str, uncertified: list[str]
) -> None:
    wass.knows(_user(created_on=created_on), coordinator())

    assert closer.closes().uncertified == uncertified


@ANY_DATABASE
def test_whom_wass_terminated_is_not_left_uncertified_but_loses_what_was_flagged(
    wass: Wass, closer: Closer
) -> None:
    wass.knows(_user(terminated=True), coordinator())
    closer.flags(USER, "TRACS", (OAKS,))

    ended = closer.closes()

    assert (ended.people, ended.uncertified) == (2, [])
    assert ended.removed == [[USER, "TRACS", [OAKS]]]


@ANY_DATABASE
def test_each_population_has_windows_of_its_own(wass: Wass, closer: Closer) -> None:
    inside = [
        Somebody(id="C10001", population="contractor"),
        Somebody(id="H10001", population="hud_staff"),
        Somebody(id="H90001", population="hud_staff", coordinator=True),
    ]
    certified = [("H10001", "H90001", "2024-11-01")]
    wass.knows(_user(), *inside, certified=certified)
    closer.flags("H10001", "TRACS", (OAKS,), by="H90001", on="2024-11-02")

    external, internal = closer.closes("external"), closer.closes("internal")

    assert (external.closed_out, internal.closed_out) == ([], [[*certified[0]]])
    assert (internal.people, internal.uncertified) == (3, ["C10001", "H90001"])
    assert internal.removed == [["H10001", "TRACS", WHOLE]]
    assert (external.people, external.uncertified, external.removed) == (1, [USER], [])


@ANY_DATABASE
def test_a_window_that_opens_on_the_day_after_does_not_hide_who_is_uncertified(
    wass: Wass, closer: Closer
) -> None:
    _publish(closer.parts, "opens: 2026-09-01", f"opens: {DAY_AFTER}")
    wass.knows(_user(), coordinator())

    assert closer.closes().uncertified == [USER]


@ANY_DATABASE
def test_a_request_is_closed_out_on_the_eighth_day_after_it(
    wass: Wass, closer: Closer, clock: Clock
) -> None:
    days = ["2026-02-22", "2026-02-23", IN_LAST_WINDOW, BEFORE_IT]
    wass.knows(_user(), coordinator(), certified=[(USER, BY, day) for day in days])
    with closer.parts.engine.begin() as connection:
        earlier = update(Request).where(Request.requested_on == BEFORE_IT)
        connection.execute(earlier.values(closed_out_on="2025-09-08"))

    ended = closer.closes()

    assert ended.closed_out == [[USER, BY, IN_LAST_WINDOW], [USER, BY, "2026-02-22"]]
    assert _closed_out(closer) == {
        BEFORE_IT: "2025-09-08",
        IN_LAST_WINDOW: TODAY,
        "2026-02-22": TODAY,
        "2026-02-23": "",
    }


def test_the_ledger_keeps_each_batch_and_then_the_totals(wass: Wass, closer: Closer) -> None:
    wass.knows(_user(), coordinator(), certified=[(USER, BY, BEFORE_IT)])
    closer.flags(USER, "IMAX", (OAKS,))

    closer.closes()

    (batch,), (last,) = (
        entries(closer.parts.engine, k) for k in ("window_close", "window_closed")
    )
    window = {"population": "external", "opens": "2025-09-01", "closes": LAST_DAY}
    assert (batch["window"], last["window"]) == (window, window)
    assert (batch["people"], batch["through"]) == (2, BY)
    assert batch["removed"] == [[USER, "IMAX", WHOLE]]
    assert batch["closed_out"] == [[USER, BY, BEFORE_IT]]
    assert batch["uncertified"] == [USER]
    assert last["totals"] == {"people": 2, "removed": 1, "closed_out": 1, "uncertified": 1}
    assert (batch["previous"], last["previous"]) == ("", batch["id"])
    assert len(batch["digest"]) == len(last["digest"]) == 64
    assert closer.found().entries == (batch["id"], last["id"])


def test_the_gate_answers_the_same_before_and_after(
    wass: Wass, closer: Closer, gate: Gate
) -> None:
    people = [_user(), _user(id="M10002"), coordinator()]
    wass.knows(*people, certified=[("M10002", BY, IN_LAST_WINDOW)])
    closer.flags("M10002", "TRACS", (OAKS,))
    before = [_answer(gate, each.id) for each in people]

    closer.closes()

    assert [_answer(gate, each.id) for each in people] == before
    assert [each["decision"] for each in before] == ["lock", "allow", "allow"]


@pytest.mark.parametrize("day", ["2017-08-31", "2017-12-31"])
@ANY_DATABASE
def test_until_a_window_has_closed_there_is_none_to_close(
    parts: Wiring, clock: Clock, day: str
) -> None:
    clock.put(day)

    with reading(parts.engine).begin() as connection:
        assert closings(connection, courts=parts.courts, as_of=clock()) == []


@ANY_DATABASE
def test_the_latest_window_is_closed_from_the_day_after_its_last(
    closer: Closer, clock: Clock
) -> None:
    found = []
    for day in (LAST_DAY, DAY_AFTER):
        clock.put(day)
        found.append(closer.found().window.closes)

    assert found == ["2024-12-31", LAST_DAY]


@ANY_DATABASE
def test_a_window_that_the_calendar_no_longer_has_is_not_closed(
    wass: Wass, closer: Closer
) -> None:
    wass.knows_a_user()
    closing = closer.found()
    closer.closes_batch(1)

    _publish(closer.parts, "closes: 2025-12-31", "closes: 2026-01-31")

    with pytest.raises(LookupError, match="external, 2025-09-01 to 2025-12-31"):
        closer.closes_batch(1, of=closing)
    assert closer.found().window.closes == "2026-01-31"
    assert closer.closes().people == 2


def _answer(gate: Gate, user_id: str) -> dict[str, object]:
    answer = gate.login(user_id)
    return {k: v for k, v in answer.items() if k not in ("decision_id", "receipt")}


def _publish(parts: Wiring, old: str, new: str) -> None:
    """Make the shipped policies the active ones, with another calendar."""
    texts = read_texts(SHIPPED)
    calendar = texts[CALENDAR_FILE].decode()
    assert old in calendar
    texts = {**texts, CALENDAR_FILE: calendar.replace(old, new).encode()}
    with parts.engine.begin() as connection:
        install(connection, texts, Hand(by="a test", as_of=parts.clock()))


def _closed_out(closer: Closer) -> dict[str, str]:
    with reading(closer.parts.engine).begin() as connection:
        rows = connection.execute(select(Request.requested_on, Request.closed_out_on))
        return {requested: closed or "" for requested, closed in rows}
