"""Who may call what: the shipped rules held to a table, for every call and set of scopes."""

from dataclasses import replace
from itertools import chain, combinations, product

import pytest

from service.clients import Client
from service.core.api_facts import CALLS, NOBODY, SCOPES, ApiFacts, CallingClient
from service.core.judge import Judge
from service.core.reasons import NO_RULE_ALLOWS
from service.login.calling import judge_call, scopes_that_open
from service.policy.active import court_of
from service.policy.folder import SHIPPED, read_texts

COURT = court_of(read_texts(SHIPPED))
TODAY, YESTERDAY = "2026-03-02", "2026-03-01"
#: The scopes of which one is enough.
OPENED_BY = {
    "login": {"gate"},
    "accept_rob": {"gate"},
    "outlook": {"gate"},
    "evaluate": {"gate"},
    "search": {"gate"},
    "subsystem": {"subsystem"},
    "people": {"feed"},
    "decisions": {"auditor"},
    "reviews": {"auditor"},
    "who_can": {"auditor"},
    "ledger": {"auditor"},
    "policy": {"auditor", "author", "approver"},
    "publish": {"author"},
    "approve": {"approver"},
    "activate": {"author", "approver"},
    "roll_back": {"author", "approver"},
    "metrics": {"operator"},
}
EVERY_SET = [
    frozenset(each)
    for each in chain.from_iterable(combinations(SCOPES, n) for n in range(len(SCOPES) + 1))
]


def client(scopes: frozenset[str], expires_on: str = "", *, revoked: bool = False) -> Client:
    return Client("", "TRACS", tuple(sorted(scopes)), expires_on, revoked)


def test_every_call_stands_in_the_table():
    assert set(OPENED_BY) == set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_open_to_whoever_holds_a_scope_that_opens_it_and_to_nobody_else(call):
    for held in EVERY_SET:
        decision = judge_call(COURT, client(held), call, TODAY)

        assert decision.allowed == bool(held & OPENED_BY[call])
        assert decision.codes == (("OK",) if decision.allowed else ("SCOPE_MISSING",))


def test_no_scope_helps_whose_token_is_unknown_revoked_or_past_its_last_day():
    for call, held in product(CALLS, EVERY_SET):
        for who in (None, client(held, revoked=True), client(held, YESTERDAY)):
            assert not judge_call(COURT, who, call, TODAY).allowed


def test_a_token_is_good_on_its_last_day():
    assert judge_call(COURT, client(frozenset({"gate"}), TODAY), "login", TODAY).allowed


def test_a_call_no_row_speaks_of_is_closed_to_everybody():
    everything = CallingClient(known=True, revoked=False, expires_on="", scopes=tuple(SCOPES))

    decision = COURT.judge("api", ApiFacts(today=TODAY, call="a new door", client=everything))

    assert (decision.allowed, decision.reason) == (False, NO_RULE_ALLOWS)


def test_without_any_one_row_something_is_answered_otherwise():
    rules = COURT.book.rules["api"]
    asked = [
        *(ApiFacts(today=TODAY, call=call, client=NOBODY) for call in CALLS),
        *(_facts(call, scopes) for call in CALLS for scopes in EVERY_SET),
        _facts("login", frozenset({"gate"}), expires_on=YESTERDAY),
        _facts("login", frozenset({"gate"}), revoked=True),
    ]
    said = [COURT.judge("api", facts).codes for facts in asked]

    for row in range(len(rules)):
        left = replace(COURT.book, rules={"api": (*rules[:row], *rules[row + 1 :])})
        judge = Judge(left)
        assert [judge("api", facts).codes for facts in asked] != said, rules[row].place


def _facts(call, scopes, *, expires_on="", revoked=False):
    held = tuple(sorted(scopes))
    calling = CallingClient(known=True, revoked=revoked, expires_on=expires_on, scopes=held)
    return ApiFacts(today=TODAY, call=call, client=calling)


@pytest.mark.parametrize("call", CALLS)
def test_the_scopes_told_of_a_call_are_those_that_open_it(call):
    assert set(scopes_that_open(COURT, call, TODAY)) == OPENED_BY[call]
