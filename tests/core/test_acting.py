"""Who acts and on whom, measured: roles, flags that wait, requests of the days of a limit."""

from dataclasses import replace

import pytest

from service.core.acting import (
    NO_ONE,
    Named,
    actor_of,
    effective_on,
    management_facts,
    queued_flags,
    target_of,
)
from service.core.actions import ACTIONS
from service.core.calendar import WeeklyLimit
from service.core.call import Call
from service.core.catalogue import Role
from service.core.facts import as_groups
from service.core.judge import Judge
from service.core.management_facts import ActorFacts, Limit, Requesting
from service.core.rulebook import read_rulebook
from service.core.standing import RoleHeld
from tests.core.policy_texts import shipped
from tests.core.standings import CALENDAR, CATALOGUE, IMAX, NEXT, TRACS, flag, person, request

JUDGE = Judge(read_rulebook(shipped()))
LAST, MATURED = "2017-12-31", "2018-01-01"
ACTOR_ID, TARGET_ID = "M90001", "M10001"
TCC, TCR, AREA = (RoleHeld(code, "2016-01-15", "") for code in ("TCC", "TCR", "AREA"))
CALL = Call(action="certify", actor_id=ACTOR_ID, user_ids=(TARGET_ID,))
WEEK = WeeklyLimit(coordinators=2, days=7, until="2017-10-31")


def roles(on, **changes):
    """The roles of an actor measured on the day *on*."""
    return actor_of(person(on, **changes), ("OK",), CALL).roles


def about(someone, **ties):
    """Somebody a call names: assigned and sharing a property, unless said otherwise."""
    return Named(someone, ("OK",), **{"assigned": True, "shares_property": True, **ties})


def facts(action, named, calendar=CALENDAR, **call):
    """The facts of a call of *action* by an actor nothing else is known of."""
    asked = Call(action=action, actor_id=ACTOR_ID, **call)
    actor = actor_of(None, (), asked)
    return management_facts(asked, actor, named, calendar, "2017-10-10")


def test_an_actor_holds_the_roles_that_wass_lists_in_order():
    assert roles(LAST, roles=(TRACS, TCR, IMAX, TCC)) == ("IMAX", "TCC", "TCR", "TRACS")
    assert roles(LAST, roles=()) == ()


@pytest.mark.parametrize(("on", "held"), [(LAST, ("TCC", "TRACS")), (MATURED, ("TRACS",))])
def test_a_role_that_a_matured_flag_took_is_no_longer_an_actors(on, held):
    assert roles(on, roles=(TRACS, TCC), flags=(flag("TCC"),)) == held


def test_a_role_that_flags_took_for_some_properties_only_is_still_an_actors():
    assert roles(MATURED, flags=(flag("TRACS", properties=(1,)),)) == ("IMAX", "TRACS")
    assert roles(MATURED, flags=(flag("TRACS", properties=(1, 2)),)) == ("IMAX",)


def test_a_role_assigned_again_after_the_flag_took_it_is_an_actors_again():
    again = RoleHeld("TCC", "2018-01-02", "")

    assert roles("2018-01-02", roles=(TRACS, again), flags=(flag("TCC"),)) == ("TCC", "TRACS")


@pytest.mark.parametrize(("on", "held"), [("2018-01-31", ("TCC",)), ("2018-02-01", ())])
def test_a_role_is_an_actors_until_the_day_wass_lists_it_no_more(on, held):
    assert roles(on, roles=(replace(TCC, ended_on="2018-02-01"),)) == held


@pytest.mark.parametrize(
    ("coordinator_id", "own"),
    [("", True), (ACTOR_ID, True), ("M90002", False), (TARGET_ID, False)],
)
def test_a_call_that_names_no_coordinator_is_in_ones_own_name(coordinator_id, own):
    call = replace(CALL, coordinator_id=coordinator_id)

    assert actor_of(None, (), call).in_own_name is own
    assert actor_of(person(LAST), (), call).in_own_name is own


def test_of_an_actor_nobody_knows_only_the_reasons_are_known():
    actor = actor_of(None, ("USER_UNKNOWN",), CALL)

    assert actor.menu_reasons == ("USER_UNKNOWN",)
    assert (actor.roles, actor.windows, actor.coordinator, actor.terminated) == (
        (),
        "",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("changes", "windows", "coordinator", "terminated"),
    [
        ({}, "external", False, False),
        ({"marked_coordinator": True}, "external", False, False),
        ({"marked_coordinator": True, "bpr": frozenset({1})}, "external", True, False),
        ({"bpr": frozenset({1})}, "external", False, False),
        ({"population": "hud_staff"}, "internal", False, False),
        ({"population": "hud_staff", "marked_coordinator": True}, "internal", True, False),
        ({"terminated": True}, "external", False, True),
    ],
)
def test_actor_and_target_are_measured_alike(changes, windows, coordinator, terminated):
    someone = person(LAST, **changes)

    actor = actor_of(someone, ("OK", "X"), CALL)
    target = target_of(about(someone), CALL)

    assert (actor.windows, actor.coordinator, actor.terminated) == (
        windows,
        coordinator,
        terminated,
    )
    assert actor.menu_reasons == ("OK", "X")
    assert (target.windows, target.coordinator) == (windows, coordinator)


def test_a_call_about_nobody_has_a_target_of_noughts():
    assert target_of(None, CALL) == NO_ONE
    assert not any(as_groups(NO_ONE).values())


def test_an_unknown_person_is_named_and_nothing_else():
    unknown = Named(None, ("OK",), assigned=True, shares_property=True)

    assert target_of(unknown, CALL) == replace(NO_ONE, named=True)


@pytest.mark.parametrize("assigned", [True, False])
@pytest.mark.parametrize("shares", [True, False])
def test_the_ties_and_reasons_of_the_person_named_are_passed_on(assigned, shares):
    named = Named(person(LAST), ("INACTIVE",), assigned=assigned, shares_property=shares)

    target = target_of(named, CALL)

    assert (target.named, target.known) == (True, True)
    assert (target.assigned, target.shares_property) == (assigned, shares)
    assert target.login_reasons == ("INACTIVE",)


@pytest.mark.parametrize(("person_id", "same"), [(ACTOR_ID, True), (TARGET_ID, False)])
def test_the_person_named_may_be_the_one_who_acts(person_id, same):
    someone = about(person(LAST, person_id=person_id))

    assert target_of(someone, CALL).same_as_actor is same
    assert target_of(someone, replace(CALL, coordinator_id=TARGET_ID)).same_as_actor is same


@pytest.mark.parametrize(
    ("held", "only"),
    [
        ((IMAX,), True),
        ((TRACS, IMAX), False),
        ((TRACS,), False),
        ((), False),
        ((TCC,), False),
        ((TCC, IMAX), True),
        ((replace(TRACS, ended_on="2017-06-01"), IMAX), True),
        ((TRACS, replace(IMAX, ended_on="2017-06-01")), False),
        ((replace(IMAX, ended_on="2017-06-01"),), False),
    ],
)
def test_only_roles_that_open_an_entry_and_no_assignment_narrows_are_global(held, only):
    assert target_of(about(person(LAST, roles=held)), CALL).global_roles_only is only


@pytest.mark.parametrize(
    ("held", "only"),
    [((TCC,), False), ((AREA,), False), ((IMAX, TCC), True), ((IMAX, AREA), True)],
)
def test_a_role_that_opens_no_entry_is_neither_global_nor_narrow(held, only):
    silent = {"TCC": Role(frozenset(), False, False), "AREA": Role(frozenset(), True, True)}
    catalogue = replace(CATALOGUE, roles={**CATALOGUE.roles, **silent})
    someone = replace(person(LAST, roles=held), catalogue=catalogue)

    assert target_of(about(someone), CALL).global_roles_only is only


OF_THE_SUBSYSTEM = [action for action, kind in ACTIONS.items() if issubclass(kind, ActorFacts)]


@pytest.mark.parametrize("action", OF_THE_SUBSYSTEM)
@pytest.mark.parametrize("named", [None, about(None), about(person(LAST))])
def test_every_action_is_given_the_facts_its_rules_may_know(action, named):
    given = facts(action, named)

    assert type(given) is ACTIONS[action]
    assert (given.today, given.actor.in_own_name) == ("2017-10-10", True)
    assert getattr(given, "target", None) in (None, target_of(named, CALL))


@pytest.mark.parametrize("action", ["login", "open_subsystem", "certification_counts"])
def test_what_is_no_call_is_given_no_facts(action):
    with pytest.raises(AssertionError, match=action):
        facts(action, None)


@pytest.mark.parametrize(
    ("items", "held"),
    [
        (("TRACS",), True),
        (("TRACS", "IMAX"), True),
        (("IMAX", "TRACS", "IMAX"), True),
        (("TCC",), False),
        (("TRACS", "TCC"), False),
        (("tracs",), False),
    ],
)
def test_what_is_flagged_must_be_held_whole(items, held):
    assert facts("flag", about(person(LAST)), items=items).flag.items_held is held


def test_what_a_matured_flag_took_is_not_held_and_may_not_be_flagged_again():
    flags = (flag("IMAX"),)

    before = facts("flag", about(person(LAST, flags=flags)), items=("IMAX",))
    after = facts("flag", about(person(MATURED, flags=flags)), items=("IMAX",))

    assert (before.flag.items_held, after.flag.items_held) == (True, False)


@pytest.mark.parametrize("named", [None, about(None)])
def test_nobody_holds_anything_and_nothing_waits_for_nobody(named):
    assert not facts("flag", named, items=("TRACS",)).flag.items_held
    assert not facts("withdraw_flag", named, items=("TRACS",)).flag.queued


@pytest.mark.parametrize("confirm", [True, False])
def test_the_answer_to_the_warning_is_passed_on(confirm):
    assert facts("flag", about(person(LAST)), confirm=confirm).flag.confirmed is confirm


@pytest.mark.parametrize(
    ("on", "flags", "items", "queued"),
    [
        (LAST, (flag("TRACS"),), ("TRACS",), True),
        (MATURED, (flag("TRACS"),), ("TRACS",), False),
        ("2017-08-15", (flag("TRACS", on="2017-08-01"),), ("TRACS",), True),
        (MATURED, (flag("TRACS", on="2017-08-01"),), ("TRACS",), False),
        (MATURED, (flag("TRACS", on=MATURED),), ("TRACS",), True),
        ("2018-12-01", (flag("TRACS", on=MATURED),), ("TRACS",), False),
        ("2030-01-01", (flag("TRACS", on="2018-12-01"),), ("TRACS",), True),
        (LAST, (flag("TRACS", by="M90002"),), ("TRACS",), False),
        (LAST, (flag("TRACS", by="M90002"), flag("TRACS")), ("TRACS",), True),
        (LAST, (flag("TRACS"),), ("IMAX",), False),
        (LAST, (flag("TRACS"),), ("TRACS", "IMAX"), False),
        (LAST, (flag("TRACS"), flag("IMAX", by="M90002")), ("TRACS", "IMAX"), False),
        (LAST, (flag("TRACS"), flag("IMAX")), ("TRACS", "IMAX"), True),
        (MATURED, (flag("TRACS"), flag("TRACS", on=MATURED)), ("TRACS",), True),
        (LAST, (flag("GONE"),), ("GONE",), True),
        (LAST, (), ("TRACS",), False),
    ],
)
def test_only_an_actors_own_flags_wait_and_only_until_they_take_effect(on, flags, items, queued):
    named = about(person(on, flags=flags))

    assert facts("withdraw_flag", named, items=items).flag.queued is queued


@pytest.mark.parametrize(("number", "waits"), [(1, False), (2, True)])
def test_of_one_flag_named_it_is_that_one_that_has_to_wait(number, waits):
    flags = (
        replace(flag("TRACS"), number=1),
        replace(flag("TRACS", on=MATURED), number=2),
    )
    named = about(person(MATURED, flags=flags))

    made = facts("withdraw_flag", named, items=("TRACS",), flag_id=number)

    assert made.flag.queued is waits


def test_a_flag_waits_whoever_set_it_until_the_day_after_its_window():
    flags = (flag("TRACS"), flag("IMAX", by="M90002"), flag("IMAX", on="2018-02-01"))

    assert queued_flags(person(LAST, flags=flags)) == list(flags)
    assert queued_flags(person(MATURED, flags=flags)) == [flags[2]]
    assert queued_flags(person("2018-12-01", flags=flags)) == []


@pytest.mark.parametrize(
    ("day", "population", "effective"),
    [
        ("2017-08-31", "external", MATURED),
        ("2017-12-31", "external", MATURED),
        ("2018-01-01", "external", NEXT.matures_on),
        ("2018-12-01", "external", None),
        ("2017-11-30", "hud_staff", "2017-12-01"),
        ("2017-12-01", "hud_staff", None),
    ],
)
def test_a_flag_takes_effect_after_the_window_of_the_population(day, population, effective):
    assert effective_on(person(day, population=population), day) == effective


def requesting(*requests, on="2017-10-10", limit=WEEK):
    """How many coordinators have requests for the person on the day *on*, one more asking."""
    someone = replace(
        person(on, requests=requests), calendar=replace(CALENDAR, weekly_limit=limit)
    )
    return facts("certify", about(someone), someone.calendar).request.coordinators


@pytest.mark.parametrize(
    ("on", "days", "coordinators"),
    [
        ("2017-10-10", 7, 2),
        ("2017-10-09", 7, 2),
        ("2017-10-04", 7, 2),
        ("2017-10-03", 7, 1),
        ("2017-10-11", 7, 1),
        ("2017-10-10", 1, 2),
        ("2017-10-09", 1, 1),
        ("2017-10-10", 0, 1),
    ],
)
def test_the_days_of_a_limit_end_with_today(on, days, coordinators):
    limit = replace(WEEK, days=days)

    assert requesting(request("M90002", on=on), limit=limit) == coordinators


def test_the_days_of_a_limit_run_over_the_end_of_a_month_and_a_leap_day():
    earlier = request("M90002", on="2020-02-25")

    assert requesting(earlier, on="2020-03-02") == 2
    assert requesting(earlier, on="2020-03-03") == 1


def test_a_coordinator_counts_once_however_often_he_asks():
    lately = [request("M90002", on=f"2017-10-{day:02}") for day in (5, 7, 10)]

    assert requesting(*lately) == 2
    assert requesting(request(ACTOR_ID, on="2017-10-07"), request(ACTOR_ID, on="2017-10-10")) == 1
    assert requesting(*lately, request(ACTOR_ID, on="2017-10-07")) == 2
    assert requesting(*lately, request("M90003", on="2017-10-04")) == 3


def test_a_request_that_counts_for_no_certification_counts_for_the_limit():
    assert requesting(request("M90002", on="2017-10-09", counts=False)) == 2
    assert requesting(request("M90002", on="2017-10-09", covers=())) == 2


def test_for_an_unknown_person_nobody_asks():
    assert facts("certify", about(None)).request == Requesting(coordinators=0)
    assert facts("certify", None).request == Requesting(coordinators=0)


def test_without_a_limit_there_is_none_and_who_asks_is_alone():
    given = facts("certify", about(person("2017-10-10", requests=(request("M90002"),))))

    assert given.limit == Limit(coordinators=0, until="")
    assert given.request == Requesting(coordinators=1)


def test_the_limit_of_the_calendar_is_passed_on():
    given = facts("certify", None, replace(CALENDAR, weekly_limit=WEEK))

    assert given.limit == Limit(coordinators=2, until="2017-10-31")


@pytest.mark.parametrize(
    ("today", "others", "refused"),
    [
        ("2017-10-31", ("M90002",), False),
        ("2017-10-31", ("M90002", ACTOR_ID), False),
        ("2017-10-31", ("M90002", "M90003"), True),
        ("2017-10-31", ("M90002", "M90003", ACTOR_ID), True),
        ("2017-11-01", ("M90002", "M90003"), False),
    ],
)
def test_a_limit_refuses_one_coordinator_too_many_up_to_its_last_day(today, others, refused):
    limited = replace(CALENDAR, weekly_limit=WEEK)
    requests = tuple(request(by, on="2017-10-30") for by in others)
    someone = replace(person(today, requests=requests), calendar=limited)
    asking = person(today, roles=(TCC,), marked_coordinator=True, bpr=frozenset({1}))
    actor = actor_of(asking, ("OK",), CALL)

    decision = JUDGE("certify", management_facts(CALL, actor, about(someone), limited, today))

    assert decision.codes == (("WEEKLY_LIMIT",) if refused else ("OK",))
