"""A cold judge shared by threads: no error, and the answers of a single thread.

CPython up to 3.11.7 fails when two threads parse at once (gh-106905); stock Casbin parses in
every question, our judge never.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from service.core.actions import ACTIONS
from service.core.judge import Judge
from service.core.rulebook import read_rulebook
from tests.core.policy_texts import shipped
from tests.core.random_facts import facts_from, values_of

SECONDS = float(os.environ.get("GATEHOUSE_THREAD_SECONDS", "6"))
THREADS = 4
QUESTIONS = 60


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads are switched as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_a_cold_judge_answers_four_threads_as_it_answers_one(hasty_threads):
    book = read_rulebook(shipped())
    chance = random.Random(20260904)
    until = time.monotonic() + SECONDS
    rounds = 0
    while rounds == 0 or time.monotonic() < until:
        asked = [_question(book, chance) for _ in range(QUESTIONS)]
        single = Judge(book)
        expected = [single(*each) for each in asked]

        answers, errors = _ask_in_threads(Judge(book), asked, chance)

        assert errors == []
        assert answers == [expected] * THREADS
        rounds += 1


def _question(book, chance):
    action = chance.choice(list(ACTIONS))
    values = {path: chance.choice(each) for path, each in values_of(book, action).items()}
    return action, facts_from(action, values)


def _ask_in_threads(judge, asked, chance):
    """The answers of each thread in the order of *asked*, and every error raised."""
    answers = [[None] * len(asked) for _ in range(THREADS)]
    errors = []
    together = threading.Barrier(THREADS)

    def ask(mine, order):
        together.wait()
        try:
            for at in order:
                mine[at] = judge(*asked[at])
        except Exception as error:
            errors.append(repr(error))

    orders = [chance.sample(range(len(asked)), len(asked)) for _ in range(THREADS)]
    threads = [
        threading.Thread(target=ask, args=each) for each in zip(answers, orders, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, errors
