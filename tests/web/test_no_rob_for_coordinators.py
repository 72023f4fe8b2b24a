"""No coordinator is ever told of somebody else's Rules of Behavior: no date, no reason (Q&A 39).

Every answer to a management call is searched as it left: those of all shipped scenarios, played
over HTTP, and those of every door in a world where nearly every state there is comes with a day of
acceptance of its own.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.core.reasons import Reason
from service.ledger.receipts import Signer
from service.policy.active import Court, court_of
from service.scenarios.reading import Scenario
from tests.conftest import Clock
from tests.core.policy_texts import POLICIES, shipped
from tests.database.wass import ELMS, OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, codes, listed
from tests.web.playing import Heard, Stage, managing, unexpected

DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
SCENARIOS = sorted((POLICIES / "scenarios").glob("*.yaml"))
#: Every verb of a management call, and how many times it is asked at least.
VERBS = {
    **{"assign": 20, "unassign": 5, "staff": 10, "report": 20, "unlock": 20, "roles": 10},
    **{"flag": 10, "withdraw": 5, "certify": 20, "history": 10},
}


@pytest.fixture(scope="module")
def court() -> Court:
    """The shipped rules."""
    return court_of(shipped())


@pytest.fixture(scope="module")
def unseen(court: Court) -> list[Reason]:
    """The reasons no coordinator is told of anybody else."""
    return [each for each in court.book.reasons.by_code.values() if each.unseen]


@pytest.fixture(scope="module")
def stage(court: Court, signer: Signer) -> Stage:
    """Where scenarios are played over HTTP."""
    return Stage(shipped(), court, signer)


def leaks(
    answer: Mapping[str, Any], unseen: Collection[Reason], days: Collection[str]
) -> list[str]:
    """What of the Rules of Behavior the answer tells of others than who acts."""
    of_others = {name: each for name, each in answer.items() if name != "actor_reasons"}
    text = orjson.dumps(of_others).decode()
    words = {
        word
        for reason in unseen
        for word in (reason.code, reason.meaning, *(c.remedy for c in reason.cures.values()))
    }
    found = [word for word in (*sorted(words), "Rules of Behavior") if word in text]
    found += [name for name in _names(of_others) if "rob" in name.lower()]
    return found + sorted(set(DAY.findall(text)) & set(days))


def _names(value: Any) -> Iterator[str]:
    """Every field name within *value*."""
    if isinstance(value, Mapping):
        yield from value
    for each in value.values() if isinstance(value, Mapping) else value:
        if isinstance(each, Mapping | list):
            yield from _names(each)


def _days(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every day within *value*, and the field it stands in."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _days(each, str(name))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _days(each, field)
    elif DAY.fullmatch(str(value)):
        yield field, str(value)


def rob_days(scenario: Scenario) -> set[str]:
    """The days of acceptance a scenario gives, but for those that are some other day as well."""
    given = [
        *_days(scenario.given),
        *_days([step.fields.get("set", {}) for step in scenario.steps]),
    ]
    others = {day for field, day in given if field != "rob_accepted"}
    others |= {step.as_of.date().isoformat() for step in scenario.steps}
    return {day for field, day in given if field == "rob_accepted"} - others


def test_there_are_reasons_no_coordinator_sees_and_they_are_those_of_the_rules_of_behavior(
    unseen: list[Reason],
) -> None:
    assert {each.code for each in unseen} == {"ROB_NOT_ACCEPTED", "ROB_EXPIRED"}


def test_enough_is_searched_to_prove_anything(court: Court) -> None:
    scenarios = managing(SCENARIOS, court)
    steps = [step for each in scenarios for step in each.steps if "as" in step.fields]
    counted = {verb: sum(step.verb == verb for step in steps) for verb in VERBS}

    assert {step.verb for step in steps} == set(VERBS)
    assert {verb: n for verb, n in counted.items() if n < VERBS[verb]} == {}
    assert sum(bool(rob_days(each)) for each in scenarios) > len(scenarios) * 0.8


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda each: each.stem)
def test_a_scenario_played_over_http_comes_out_and_tells_of_nobody_elses_rules_of_behavior(
    court: Court, stage: Stage, unseen: list[Reason], file: Path
) -> None:
    heard = [each for scenario in managing([file], court) for each in stage.play(scenario)]

    assert [found for each in heard for found in unexpected(each)] == []
    managed = [each for each in heard if each.managed]
    told = {str(each): leaks(each.answer, unseen, rob_days(each.scenario)) for each in managed}
    assert {place: found for place, found in told.items() if found} == {}
    for each in managed:
        _check_who_acts(each)


def _check_who_acts(heard: Heard) -> None:
    """What is said of who acts is what the gate says, and stands where he is locked out alone."""
    locked_out = "ACTOR_LOCKED" in codes(heard.answer)
    assert ("actor_reasons" in heard.answer) == locked_out, heard
    if locked_out:
        assert codes(heard.answer) == ["ACTOR_LOCKED"], heard
        assert heard.at_the_gate is not None
        assert heard.at_the_gate["decision"] == "lock", heard
        assert heard.answer["actor_reasons"] == heard.at_the_gate["reasons"], heard


#: What may be otherwise with a member of the staff.
STATES: list[dict[str, Any]] = [
    {},
    {"terminated": True},
    {"wass_last_access_on": "2025-06-07"},
    {"password_changed_on": "2025-06-06"},
    {"roles": ()},
    {"roles": ("IMAX",)},
    {"roles": ("TRACS", "TCC", "TCR")},
    {"properties": (PINES,)},
    {"properties": ()},
    {"created_on": "2026-01-16"},
    {"created_on": "2025-09-01"},
    {"coordinator": True, "bpr": (ELMS,)},
]
ACTORS = {"M90001": "2025-12-04", "M90005": "2024-12-05", "M90003": "2025-12-07"}
REFUSED_EVERYWHERE = {"M90005", "M90003"}  # for want of an acceptance, and of TCC and TCR
INTERNAL = {"H90001": "2025-12-09", "H90002": "2025-12-10"}


def _staff() -> list[Somebody]:
    """Staff in all states, active and idle; accepted on a day of their own, lately, long ago or
    never."""
    people = []
    for number in range(54):
        state = STATES[number // 2 % len(STATES)]
        accepted = date(2024, 1, 3) + timedelta(days=13 * number)
        inside = number % 9 == 0
        common: dict[str, Any] = {
            "id": f"{'C' if inside else 'M'}1{number:04}",
            "population": "contractor" if inside else "external",
            "last_activity_on": "2025-11-03" if number % 2 else "2026-02-20",
            "rob_accepted_on": "" if number % 10 == 9 else accepted.isoformat(),
            "properties": () if inside else (OAKS,),
        }
        people.append(Somebody(**{**common, **({} if inside else state)}))
    return people


@pytest.fixture
def staff(wass: Wass, clock: Clock) -> list[Somebody]:
    """All of them assigned to everybody who acts and to nobody else."""
    people = _staff()
    inside = [each for each in people if each.population != "external"]
    actors = [replace(coordinator(each), rob_accepted_on=on) for each, on in ACTORS.items()]
    actors[2] = replace(actors[2], roles=("TRACS",))
    certifiers = [
        replace(coordinator(each, bpr=()), population="hud_staff", rob_accepted_on=on)
        for each, on in INTERNAL.items()
    ]
    relations = [
        *((each, user.id) for each in ACTORS for user in people if user not in inside),
        *(("H90001", user.id) for user in inside),
    ]
    certified = [
        ("H90001", "H90002", "2024-11-12"),
        *((user.id, "M90001", "2025-10-07") for user in people[::3] if user not in inside),
    ]
    wass.knows(*people, *actors, *certifiers, staff=relations, certified=certified)
    return people


def _every_door(by: Subsystem, ids: list[str], clock: Clock) -> Iterator[dict[str, Any]]:
    """All that can be asked of *ids*, in an order in which much of it is done."""
    clock.put(TODAY)
    yield from _asked_of_all(by)
    yield by.posts("/v1/unlocks", user_ids=ids)
    for each in ids:
        yield by.gets(f"/v1/users/{each}/roles")
        yield by.posts("/v1/unlocks", user_ids=[each])
        flagged = by.posts("/v1/flags", user_id=each, items=["IMAX"], confirm=True)
        yield flagged
        yield by.posts("/v1/flags", user_id=each, items=["TCC"])
        yield by.deletes(
            f"/v1/flags/{flagged['flags'][0]['flag_id'] if 'flags' in flagged else 0}"
        )
        yield by.posts("/v1/certifications", user_id=each)
        yield by.posts("/v1/certifications", user_id=each)
        yield by.gets(f"/v1/users/{each}/certifications")
    yield from _asked_of_all(by)
    for each in ids[::5]:
        yield by.deletes(f"/v1/staff/{by.actor}/{each}")
        yield by.posts("/v1/staff", user_id=each)
    yield by.posts("/v1/staff", user_id="M77777")


def _asked_of_all(by: Subsystem) -> Iterator[dict[str, Any]]:
    yield by.gets("/v1/reports/single-coordinator-properties")
    for query in ({}, {"locked_only": "true"}, {"search": "10"}):
        for path in ("/v1/staff", "/v1/reports/last-logins"):
            if "locked_only" in query and path == "/v1/staff":
                continue
            page = by.gets(path, limit=20, **query)
            yield page
            while page.get("next_cursor"):
                page = by.gets(path, limit=20, **query, cursor=page["next_cursor"])
                yield page


@ANY_DATABASE
@pytest.mark.parametrize("actor", [*ACTORS, "H90001"])
def test_no_door_tells_of_the_rules_of_behavior_of_staff_in_whatever_state(
    subsystem: Subsystem,
    gate: Gate,
    clock: Clock,
    staff: list[Somebody],
    unseen: list[Reason],
    actor: str,
) -> None:
    inside = actor in INTERNAL
    ids = [each.id for each in staff if (each.population != "external") == inside]
    if actor in REFUSED_EVERYWHERE:
        ids = ids[:9]
    accepted = {each.rob_accepted_on for each in staff} | {*ACTORS.values(), *INTERNAL.values()}
    days = {day for each in accepted - {""} for day in (each, _a_year_after(each))}
    at_the_gate = gate.login(actor)

    answers = list(_every_door(subsystem.by(actor), ids, clock))

    assert {str(each): told for each in answers if (told := leaks(each, unseen, days))} == {}
    for each in answers:
        if at_the_gate["decision"] == "lock":
            assert each["actor_reasons"] == at_the_gate["reasons"]
        else:
            assert "actor_reasons" not in each
    assert (at_the_gate["decision"] == "allow") == (actor != "M90005")
    shown = [each for each in answers if "staff" in each]
    if actor in REFUSED_EVERYWHERE:
        assert {each["outcome"] for each in answers} == {"refused"}
    else:
        assert set(listed(shown)) == set(ids)
        assert {code for each in ids for code in codes(gate.login(each))} >= {
            each.code for each in unseen
        }


def _a_year_after(day: str) -> str:
    then = date.fromisoformat(day)
    return then.replace(year=then.year + 1).isoformat()


def test_the_days_of_acceptance_of_the_world_are_no_other_days() -> None:
    people = _staff()
    accepted = [each.rob_accepted_on for each in people if each.rob_accepted_on]
    others = {
        *(TODAY, *ACTORS.values(), *INTERNAL.values(), "2027-01-01"),
        *(each.last_activity_on for each in people),
        *(each.created_on for each in people),
    }

    assert len(people) >= 50
    assert len(set(accepted)) == len(accepted) >= 45
    assert not {day for each in accepted for day in (each, _a_year_after(each))} & others
