"""A thousand mutations: what changes an answer is refused, or said to change decisions."""

import os
from collections import Counter

import pytest

from service.core.findings import RulebookError
from service.core.rulebook import read_rulebook
from service.policy.difference import verdict_of
from tests.corpus.boundaries import possible
from tests.corpus.mutating import mutation
from tests.corpus.oracle import Oracle

MUTATIONS = int(os.environ.get("GATEHOUSE_MUTATIONS", "1000"))
AT_ONCE = 100


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """The oracle, which has played every scenario."""
    return Oracle()


def judged(oracle: Oracle, number: int) -> str:
    """What becomes of a mutation: refused, reported, or taken for words alone."""
    try:
        book = read_rulebook(mutation(number).texts)
    except RulebookError:
        return "refused"
    if verdict_of(oracle.book, book).changes:
        return "reported"
    found = oracle.difference(book)
    return f"{mutation(number)} (number {number}) is silent: {found}" if found else "words"


@pytest.mark.parametrize("first", range(0, MUTATIONS, AT_ONCE))
def test_no_mutation_changes_an_answer_in_silence(oracle, first):
    became = Counter(judged(oracle, number) for number in range(first, first + AT_ONCE))

    assert set(became) <= {"refused", "reported", "words"}, sorted(became)
    assert min(became["refused"], became["reported"], became["words"]) > AT_ONCE // 20, became


def test_the_oracle_sees_most_of_what_is_reported(oracle):
    reported = [n for n in range(AT_ONCE // 2) if judged(oracle, n) == "reported"]

    seen = [n for n in reported if oracle.difference(read_rulebook(mutation(n).texts))]

    assert len(seen) > 0.8 * len(reported) > 10


def test_the_laws_of_facts_hold_of_everything_that_was_ever_asked(oracle):
    asked = oracle.noted

    assert len(asked) > 3000
    assert [each for each in asked if not possible(oracle.book, *each)] == []
