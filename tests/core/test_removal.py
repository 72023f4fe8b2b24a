"""Flags that matured: which role is gone, for which properties (domain.md a.3, Flags)."""

from dataclasses import replace

import pytest

from service.core.catalogue import Role
from service.core.judge import Judge
from service.core.measure import Person
from service.core.rulebook import read_rulebook
from service.core.standing import RoleHeld
from tests.core.policy_texts import shipped
from tests.core.standings import CALENDAR, CATALOGUE, IMAX, TRACS, flag, person, request, standing

JUDGE = Judge(read_rulebook(shipped()))
BEFORE, MATURED = "2017-12-31", "2018-01-01"


def menu(on=MATURED, entry="tracs_menu", **changes):
    """Whether a role for the entry is held, and whether one was removed."""
    user = person(on, **changes).at(entry).user
    return user.entry_role_held, user.entry_role_removed


def gone(on=MATURED, **changes):
    """The properties, of 1 to 3, for which the role at the menu was removed."""
    someone = person(on, **changes)
    login = someone.at("tracs_menu")
    return [p for p in (1, 2, 3) if someone.opening(login, p, "").property.role_removed]


HELD, REMOVED, NEITHER = (True, False), (False, True), (False, False)
BOTH = (flag("TRACS", properties=(1, 2)),)


def test_a_flag_takes_the_role_the_day_after_the_window():
    assert (menu(BEFORE, flags=BOTH), gone(BEFORE, flags=BOTH)) == (HELD, [])
    assert (menu(MATURED, flags=BOTH), gone(MATURED, flags=BOTH)) == (REMOVED, [1, 2])


def test_a_flag_before_the_window_matures_with_the_next_announced():
    early = (flag("TRACS", on="2017-08-01", properties=(1, 2)),)
    late = (flag("TRACS", on="2018-01-01", properties=(1, 2)),)

    assert (menu(BEFORE, flags=early), menu(MATURED, flags=early)) == (HELD, REMOVED)
    assert (menu("2018-11-30", flags=late), menu("2018-12-01", flags=late)) == (HELD, REMOVED)


def test_a_flag_behind_the_last_announced_window_stays_queued():
    assert menu("2030-01-01", flags=(flag("TRACS", on="2018-12-01"),)) == HELD


def test_a_flag_takes_the_role_for_its_coordinators_properties_only():
    flags = (flag("TRACS", properties=(1, 3)),)

    assert (menu(flags=flags), gone(flags=flags)) == (HELD, [1, 3])


def test_the_role_is_gone_when_several_flags_took_every_property():
    flags = (flag("TRACS"), flag("TRACS", by="M90002", properties=(2,)))

    assert (menu(flags=flags), gone(flags=flags)) == (REMOVED, [1, 2])


def test_a_contracts_properties_and_a_coordinators_own_count_among_the_persons():
    by_contract = {"flags": BOTH, "contracts": {"DC39": frozenset({3})}}
    by_bpr = {"flags": BOTH, "bpr": frozenset({3}), "marked_coordinator": True}

    assert menu(**by_contract) == menu(**by_bpr) == HELD
    assert menu(flags=BOTH, bpr=frozenset({3})) == REMOVED


@pytest.mark.parametrize(
    ("kept_by", "left"),
    [
        (request("M90002"), [2]),
        (request("M90002", covers=(2,)), [1]),
        (request("M90002", covers=(1, 2)), []),
        (request("M90002", on="2017-09-01"), [2]),
        (request("M90002", on="2017-12-31"), [2]),
        (request("M90001"), [1, 2]),
        (request("M90002", on="2017-08-31"), [1, 2]),
        (request("M90002", on="2018-01-01"), [1, 2]),
        (request("M90002", counts=False), [1, 2]),
        (request("M90002", covers=()), [1, 2]),
    ],
)
def test_another_coordinators_request_in_that_window_keeps_what_it_covers(kept_by, left):
    assert gone(flags=BOTH, requests=(kept_by,)) == left
    assert menu(flags=BOTH, requests=(kept_by,)) == (REMOVED if left == [1, 2] else HELD)


def test_who_flagged_the_role_too_keeps_nothing_by_a_request():
    flags = (*BOTH, flag("TRACS", by="M90002", properties=(1,)))

    assert gone(flags=flags, requests=(request("M90002"),)) == [1, 2]


def test_who_flagged_another_role_keeps_this_one():
    flags = (*BOTH, flag("IMAX", by="M90002"))

    assert gone(flags=flags, requests=(request("M90002"),)) == [2]


def test_who_flagged_in_another_window_keeps_in_this_one():
    flags = (*BOTH, flag("TRACS", by="M90002", on="2018-10-01", properties=(1,)))
    requests = (request("M90002"),)

    assert gone(MATURED, flags=flags, requests=requests) == [2]
    assert gone("2018-12-01", flags=flags, requests=requests) == [1, 2]


def test_a_global_role_is_gone_altogether_unless_another_coordinator_certified():
    flags = (flag("IMAX"),)

    assert menu(BEFORE, entry="imax", flags=flags) == HELD
    assert menu(entry="imax", flags=flags) == REMOVED
    assert menu(entry="imax", flags=flags, requests=(request("M90001"),)) == REMOVED
    assert menu(entry="imax", flags=flags, requests=(request("M90002"),)) == HELD
    assert gone(flags=flags) == []


def test_another_role_of_the_entry_still_opens_it():
    assert menu(entry="rob", flags=BOTH) == (True, True)
    assert menu(entry="imax", flags=BOTH) == HELD


def test_inside_hud_a_flag_takes_the_role_whole():
    changes = {"population": "hud_staff", "flags": (flag("TRACS", properties=()),)}

    assert menu("2017-11-30", **changes) == HELD
    assert menu("2017-12-01", **changes) == REMOVED
    assert menu("2017-12-01", entry="imax", **changes) == HELD


@pytest.mark.parametrize(
    ("assigned_on", "expected"),
    [(BEFORE, REMOVED), (MATURED, REMOVED), ("2018-01-02", HELD), ("", REMOVED)],
)
def test_a_role_assigned_after_the_day_of_effect_is_held_again(assigned_on, expected):
    roles = (RoleHeld("TRACS", assigned_on, ""), IMAX)

    assert menu("2018-02-01", flags=BOTH, roles=roles) == expected
    assert gone("2018-02-01", flags=BOTH, roles=roles) == ([] if expected == HELD else [1, 2])


@pytest.mark.parametrize(
    ("ended_on", "expected"),
    [("2017-11-15", NEITHER), (BEFORE, NEITHER), (MATURED, REMOVED), ("2018-01-20", REMOVED)],
)
def test_a_role_dropped_since_was_removed_and_one_dropped_before_was_not_there(ended_on, expected):
    roles = (RoleHeld("TRACS", "2016-01-15", ended_on), IMAX)

    assert menu("2018-02-01", flags=BOTH, roles=roles) == expected


@pytest.mark.parametrize(
    ("roles", "code"), [((IMAX,), "NO_ROLE"), ((TRACS, IMAX), "ROLE_REMOVED")]
)
def test_the_judge_names_the_role_removed_or_missing(roles, code):
    flags = BOTH if TRACS in roles else ()

    decision = JUDGE("login", person(MATURED, flags=flags, roles=roles).at("tracs_menu"))

    assert code in decision.codes
    assert not {"NO_ROLE", "ROLE_REMOVED"} <= set(decision.codes)


def test_without_any_property_a_flagged_role_is_gone_at_the_menu():
    someone = {"properties": frozenset(), "flags": (flag("TRACS"),)}

    assert menu(BEFORE, **someone) == HELD
    assert menu(**someone) == REMOVED


def test_a_flag_without_properties_takes_none():
    assert menu(flags=(flag("TRACS", properties=()),)) == HELD


def test_a_withdrawn_flag_is_no_longer_in_the_standing():
    assert (menu(flags=()), gone(flags=())) == (HELD, [])


def test_a_flag_on_an_unknown_item_takes_no_role():
    assert menu(flags=(flag("GONE"),)) == menu(entry="imax", flags=(flag("GONE"),)) == HELD


def test_a_role_ends_on_the_day_wass_no_longer_lists_it():
    roles = (RoleHeld("TRACS", "2016-01-15", "2018-02-01"),)

    assert menu("2018-01-31", roles=roles) == HELD
    assert menu("2018-02-01", roles=roles) == NEITHER


def test_a_global_role_gone_altogether_does_not_open_a_property_another_role_lost():
    roles = {**CATALOGUE.roles, "ALL": Role(frozenset({"tracs_menu"}), False, False)}
    someone = Person(
        standing(
            roles=(TRACS, RoleHeld("ALL", "2016-01-15", "")),
            flags=(flag("TRACS", properties=(1,)), flag("ALL", properties=(1,))),
        ),
        "",
        CALENDAR,
        replace(CATALOGUE, roles=roles),
        MATURED,
    )
    login = someone.at("tracs_menu")

    removed = [someone.opening(login, p, "").property.role_removed for p in (1, 2)]

    assert login.user.entry_role_held
    assert removed == [True, False]
