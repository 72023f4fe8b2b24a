"""Looking at everybody for `policy impact`, stretch by stretch; at many, by several processes."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from sqlalchemy import Engine

from models.engine import open_engine, reading
from service.core.rulebook import read_rulebook
from service.login.impact.change import Flip
from service.login.impact.comparison import Comparison
from service.login.impact.decisions import Decisions
from service.login.impact.people import People
from service.login.impact.stretch import Stretch
from service.policy.difference import Texts

#: So many people or decisions are looked at in one transaction.
STRETCH = 2_000
_WORTH_A_PROCESS = 5  # stretches; at fewer, starting a process takes longer than it saves
#: Whoever, or whatever decision, flips in one stretch, each with all its flips.
Seen = list[list[Flip]]


@dataclass(frozen=True, slots=True)
class Question:
    """Of whom the decisions change from the texts *before* to those *after*."""

    before: Texts
    after: Texts
    of: People | Decisions


class Looker:
    """Answers a question about one stretch after the other."""

    def __init__(self, question: Question, engine: Engine) -> None:
        """Compile both rulebooks; raises RulebookError."""
        self._of, self._engine = question.of, reading(engine)
        self._comparison = Comparison(
            read_rulebook(question.before), read_rulebook(question.after)
        )

    def __call__(self, stretch: Stretch) -> Seen:
        """See who of *stretch* flips, in a transaction of its own."""
        with self._engine.begin() as connection:
            return list(self._of.flips(connection, self._comparison, stretch))


def look(
    question: Question, stretches: Sequence[Stretch], engine: Engine, *, processes: int = 0
) -> Iterator[Seen]:
    """See everybody of *stretches*, in order, by as many *processes* (default: as are worth it).

    Each of several is started anew and opens the database itself: nothing open is shared.
    """
    number = processes or min(os.cpu_count() or 1, len(stretches) // _WORTH_A_PROCESS)
    if number <= 1:
        yield from map(Looker(question, engine), stretches)
        return
    begin = (question, engine.url.render_as_string(hide_password=False))
    with ProcessPoolExecutor(number, get_context("spawn"), _begin, begin) as pool:
        yield from pool.map(_look, stretches)


_looker: list[Looker] = []


def _begin(question: Question, database_url: str) -> None:
    _looker.append(Looker(question, open_engine(database_url)))


def _look(stretch: Stretch) -> Seen:
    return _looker[0](stretch)
