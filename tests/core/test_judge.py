"""The judge answers as stock Casbin does, names every reason in order, never allows in doubt."""

import itertools
import os
import random

import casbin.core_enforcer
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.actions import ACTIONS
from service.core.conditions import holds
from service.core.judge import Judge
from service.core.login_facts import System, SystemFacts
from service.core.nobody import nobody_at
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import read_rulebook
from tests.core.policy_texts import LOGIN, changed, paragraph_of, row_of, shipped
from tests.core.random_facts import facts_from, values_of
from tests.core.stock_casbin import Stock

BOOK = read_rulebook(shipped())
JUDGE = Judge(BOOK)
STOCK = {action: Stock(rules) for action, rules in BOOK.rules.items()}
VALUES = {action: values_of(BOOK, action) for action in ACTIONS}
PEOPLE = VALUES["open_property"]
SETS = 10
#: Ten thousand in `make soak`.
FACT_SETS = int(os.environ.get("GATEHOUSE_FACT_SETS", "2500"))
# One byte chooses one fact's value and one example ten sets of facts: a draw for each fact would
# take most of the test's time.
TEN_SETS = st.binary(min_size=SETS * len(PEOPLE), max_size=SETS * len(PEOPLE)).map(
    lambda chosen: [
        facts_from(
            "open_property",
            {
                path: values[byte % len(values)]
                for (path, values), byte in zip(PEOPLE.items(), chosen[at::SETS], strict=True)
            },
        )
        for at in range(SETS)
    ]
)
OF_A_PERSON = ("login", "open_property")
OTHERS = [action for action in ACTIONS if action not in (*OF_A_PERSON, "other_system")]


def agrees_with_stock(action, facts):
    """Assert that judge and stock Casbin say the same of *facts*, reason by reason.

    Returns whether both allow.
    """
    decision = JUDGE(action, facts)
    allowed, place = STOCK[action].answer(action, facts)

    assert decision.allowed is allowed
    assert list(decision.codes) == STOCK[action].reasons(action, facts, allowed)
    # Stopped by a denial, Casbin names the first; without one, the last row that allows.
    if not allowed:
        assert decision.reasons[0].rule == place
    return allowed


@settings(
    max_examples=FACT_SETS * 101 // (100 * SETS),  # a few sets come twice
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(TEN_SETS)
def test_the_judge_agrees_with_stock_casbin_on_thousands_of_random_facts(sets):
    for facts in sets:
        for action in OF_A_PERSON:
            agrees_with_stock(action, facts)


@pytest.mark.parametrize("action", OTHERS)
def test_the_judge_agrees_with_stock_casbin_on_two_thousand_random_facts_of_each_action(action):
    answers = {agrees_with_stock(action, facts) for facts in random_facts(action, 2_000)}

    assert answers == {True, False}


@pytest.mark.parametrize("action", ACTIONS)
def test_among_random_facts_every_row_speaks_and_is_silent(action):
    conditions = [rule.condition for rule in BOOK.rules[action]]

    said = [[holds(each, facts) for each in conditions] for facts in random_facts(action, 700)]

    assert [set(row) for row in zip(*said, strict=True)] == [{True, False}] * len(conditions)


def random_facts(action, count):
    """Sets of facts of *action*, the same in every run."""
    chance = random.Random(f"{action} 20260904")
    for _ in range(count):
        values = {path: chance.choice(each) for path, each in VALUES[action].items()}
        yield facts_from(action, values)


def system_facts(outside, test_environment):
    return SystemFacts(system=System(outside=outside, test_environment=test_environment))


@pytest.mark.parametrize("marks", list(itertools.product([False, True], repeat=2)))
def test_the_judge_agrees_with_stock_casbin_on_every_system(marks):
    agrees_with_stock("other_system", system_facts(*marks))


def test_where_no_rule_speaks_the_answer_is_lock():
    decision = JUDGE("other_system", system_facts(outside=False, test_environment=False))

    assert not decision.allowed
    assert decision.codes == (NO_RULE_ALLOWS,)
    assert (decision.reasons[0].rule, decision.reasons[0].authority) == ("", "")


def test_an_allowing_rule_alone_allows_and_is_named():
    decision = JUDGE("other_system", system_facts(outside=True, test_environment=False))

    assert decision.allowed
    assert decision.codes == ("SYSTEM_NOT_GOVERNED",)


def test_one_denial_outweighs_an_allow_and_alone_is_named():
    decision = JUDGE("other_system", system_facts(outside=True, test_environment=True))

    assert not decision.allowed
    assert decision.codes == ("TEST_ENVIRONMENT",)


def test_a_denial_alone_denies():
    decision = JUDGE("other_system", system_facts(outside=False, test_environment=True))

    assert not decision.allowed
    assert decision.codes == ("TEST_ENVIRONMENT",)


def test_the_order_of_reasons_is_the_order_of_rows():
    facts = _unknown_and_terminated()

    decision = JUDGE("login", facts)

    assert decision.codes[:2] == ("USER_UNKNOWN", "WASS_TERMINATED")
    lines = [int(each.rule.rpartition(":")[2]) for each in decision.reasons]
    assert lines == sorted(lines)


def test_changing_the_order_of_rows_changes_nothing_but_the_order_of_reasons():
    first, second = (
        paragraph_of(LOGIN, row_of(LOGIN, code)) for code in ("USER_UNKNOWN", "WASS_TERMINATED")
    )
    both = f"{first}\n\n{second}"
    texts = changed(LOGIN, lambda text: text.replace(both, f"{second}\n\n{first}"))

    decision = Judge(read_rulebook(texts))("login", _unknown_and_terminated())

    assert decision.codes[:2] == ("WASS_TERMINATED", "USER_UNKNOWN")
    assert set(decision.codes) == set(JUDGE("login", _unknown_and_terminated()).codes)


def test_a_reason_given_by_two_rows_is_named_once_with_the_first_row():
    row = row_of(LOGIN, "WASS_TERMINATED")
    again = paragraph_of(LOGIN, row).replace(row, f"{row} && r.user.terminated")
    texts = changed(LOGIN, lambda text: text.replace("# End of", f"{again}\n\n# End of"))
    facts = _unknown_and_terminated()

    decision = Judge(read_rulebook(texts))("login", facts)

    assert decision.codes == JUDGE("login", facts).codes
    assert decision.reasons == JUDGE("login", facts).reasons


def test_a_reason_carries_the_place_and_the_authority_of_its_row():
    decision = JUDGE("login", nobody_at("rob", "2018-01-01"))

    rule = next(each for each in BOOK.rules["login"] if each.reason == decision.reason)
    assert (decision.reasons[0].rule, decision.reasons[0].authority) == (
        rule.place,
        rule.authority,
    )


@pytest.mark.parametrize("action", ["login", "other_system"])
def test_when_casbin_fails_the_judge_raises_and_never_allows(monkeypatch, action):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(casbin.core_enforcer.CoreEnforcer, "enforce_ex", broken)
    facts = {
        "login": nobody_at("rob", "2018-01-01"),
        "other_system": system_facts(outside=True, test_environment=False),
    }[action]

    with pytest.raises(RuntimeError, match="broken"):
        Judge(BOOK)(action, facts)


def test_a_failure_is_not_remembered(monkeypatch):
    judge, facts = Judge(BOOK), system_facts(outside=True, test_environment=True)
    with monkeypatch.context() as patch:
        patch.setattr(casbin.core_enforcer.CoreEnforcer, "enforce_ex", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            judge("other_system", facts)

    decision = judge("other_system", facts)

    assert decision.codes == ("TEST_ENVIRONMENT",)


def test_an_unknown_action_is_an_error_and_no_answer():
    with pytest.raises(KeyError):
        JUDGE("dance", nobody_at("rob", "2018-01-01"))


@pytest.mark.parametrize("action", sorted(ACTIONS.keys() - {"login", "accept_rob"}))
def test_the_facts_of_another_action_are_an_error_and_no_answer(action):
    with pytest.raises(AttributeError):
        JUDGE(action, nobody_at("rob", "2018-01-01"))


def _unknown_and_terminated():
    values = {path: each[0] for path, each in values_of(BOOK, "login").items()}
    return facts_from("login", {**values, "user.terminated": True})


def test_a_judge_with_other_rules_for_one_action_answers_all_others_as_before():
    unknown = nobody_at("imax", "2026-03-02")
    other = JUDGE.with_rules("login", [r for r in BOOK.rules["login"] if r.effect == "allow"])

    assert other("login", unknown).codes == (NO_RULE_ALLOWS,)
    assert JUDGE("login", unknown).codes == ("USER_UNKNOWN",)
    assert other("accept_rob", unknown) == JUDGE("accept_rob", unknown)
