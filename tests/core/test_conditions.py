"""A condition that was read: its atoms, how it reads, and of which facts it holds."""

import pytest

from service.core.actions import declared
from service.core.conditions import Atom, atoms, holds
from service.core.language import parse
from service.core.management_facts import Actor, ActorFacts
from service.core.nobody import nobody_at

CODES = {
    "populations": frozenset({"external"}),
    "entries": frozenset({"imax", "rob"}),
    "roles": frozenset({"HELP_DESK", "TCC", "TCR"}),
}
KNOWN, TERMINATED = Atom("user.known"), Atom("user.terminated")
K, T = "r.user.known", "r.user.terminated"


def read(text, action="login"):
    return parse(text, declared(action), CODES)


def test_the_atoms_of_a_condition_are_distinct_and_in_order():
    condition = read(f"{T} && !({K} || r.user.days_idle > 90) || {T} || {K}")

    assert atoms(condition) == (TERMINATED, KNOWN, Atom("user.days_idle", ">", 90))


def test_an_atom_reads_as_it_was_written():
    written = [
        K,
        "r.today >= '2017-10-22'",
        "r.user.days_idle > 90",
        "r.today < r.user.created_on",
    ]

    assert [str(read(text)) for text in written] == written


@pytest.mark.parametrize(
    ("text", "true"),
    [
        (K, False),
        (f"!{K}", True),
        (f"{K} || !{T}", True),
        (f"{K} && !{T}", False),
        ("r.entry == 'rob' && r.today != '2017-10-22'", True),
        ("r.user.created_on < r.today", True),
        ("r.user.days_idle >= 1 || r.user.rob_years < 0", False),
    ],
)
def test_a_condition_holds_of_facts_or_not(text, true):
    nobody = nobody_at("rob", "2018-01-01")

    assert holds(read(text), nobody) is true


def test_a_code_in_a_list_reads_as_it_was_written():
    written = "'TCC' in r.actor.roles"

    assert str(read(written, "view_staff")) == written


def test_a_code_asked_for_twice_is_one_atom_and_another_code_another():
    condition = read(
        "'TCC' in r.actor.roles && !('TCR' in r.actor.roles) || 'TCC' in r.actor.roles",
        "view_staff",
    )

    assert [str(atom) for atom in atoms(condition)] == [
        "'TCC' in r.actor.roles",
        "'TCR' in r.actor.roles",
    ]


@pytest.mark.parametrize(
    ("text", "roles", "true"),
    [
        ("'TCC' in r.actor.roles", ("TCC",), True),
        ("'TCC' in r.actor.roles", ("HELP_DESK", "TCC", "TCR"), True),
        ("'TCC' in r.actor.roles", ("TCR",), False),
        ("'TCC' in r.actor.roles", ("XTCC", "TCCX", "tcc"), False),
        ("'TCC' in r.actor.roles", (), False),
        ("!('TCC' in r.actor.roles)", (), True),
        ("!('TCC' in r.actor.roles) && !('TCR' in r.actor.roles)", ("TCR",), False),
        ("'TCC' in r.actor.roles || 'TCR' in r.actor.roles", ("TCR",), True),
    ],
)
def test_a_code_is_in_a_list_as_a_whole_or_not_at_all(text, roles, true):
    actor = Actor(
        roles=roles,
        windows="external",
        coordinator=False,
        terminated=False,
        menu_reasons=(),
        in_own_name=True,
    )

    assert holds(read(text, "view_staff"), ActorFacts(today="2018-01-01", actor=actor)) is true
