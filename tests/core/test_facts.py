"""Facts as they are declared: a type exactly as said, lists the rulebook knows, one meaning."""

import pytest

from service.core.actions import ACTIONS, REASONS, declared
from service.core.facts import Kind, as_groups
from service.core.management_facts import Actor, Covered, Requesting
from service.core.rulebook import read_rulebook
from tests.core.policy_texts import shipped

BOOK = read_rulebook(shipped())
ACTOR = {
    "roles": ("TCC",),
    "windows": "external",
    "coordinator": True,
    "terminated": False,
    "menu_reasons": ("OK",),
    "in_own_name": True,
}


@pytest.mark.parametrize("codes", [["TCC"], {"TCC"}, frozenset({"TCC"}), "TCC", {"TCC": 1}, None])
@pytest.mark.parametrize("name", ["roles", "menu_reasons"])
def test_codes_are_a_tuple_and_nothing_else(name, codes):
    with pytest.raises(TypeError, match=f"fact {name}: expected tuple"):
        Actor(**{**ACTOR, name: codes})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("windows", ("external",), "str"),
        ("coordinator", 1, "bool"),
        ("terminated", None, "bool"),
        ("in_own_name", "yes", "bool"),
    ],
)
def test_a_fact_of_an_actor_of_another_type_is_refused(name, value, expected):
    with pytest.raises(TypeError, match=f"fact {name}: expected {expected}"):
        Actor(**{**ACTOR, name: value})


def test_a_count_is_no_yes_and_a_group_is_no_dictionary():
    with pytest.raises(TypeError, match="fact coordinators: expected int"):
        Requesting(coordinators=True)
    with pytest.raises(TypeError, match="fact actor: expected Actor"):
        ACTIONS["open_subsystem"](asked="unlock", actor=ACTOR)


def test_casbin_is_asked_with_the_codes_as_they_are():
    assert as_groups(Covered(reasons=("OK", "ROLE_REMOVED"))) == {
        "reasons": ("OK", "ROLE_REMOVED")
    }
    assert as_groups(Actor(**ACTOR)) == ACTOR


@pytest.mark.parametrize("action", ACTIONS)
def test_every_code_a_rule_may_ask_for_comes_from_a_list_of_the_rulebook(action):
    lists = {REASONS, *BOOK.catalogue.codes()}

    coded = [each for each in declared(action).values() if each.kind in (Kind.CODE, Kind.CODES)]

    assert {each.codes for each in coded} <= lists
    assert all(not each.codes for each in declared(action).values() if each not in coded)


def test_a_fact_means_the_same_in_every_rule_file():
    meant: dict[str, set[object]] = {}
    for action in ACTIONS:
        for path, each in declared(action).items():
            meant.setdefault(path, set()).add(each)

    assert [path for path, meanings in meant.items() if len(meanings) > 1] == []
