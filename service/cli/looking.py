"""Looking at everybody, stretch by stretch; at many, by several processes."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from models.engine import open_engine, reading
from service.cli.shown import progress_bar
from service.login.stretch import Stretch

#: So many people or decisions are looked at in one transaction.
STRETCH = 2_000
_WORTH_A_PROCESS = 5  # stretches; at fewer, starting a process takes longer than it saves
Seen = TypeVar("Seen", covariant=True)
#: Sees what there is to see of a stretch, in the transaction of a connection.
See = Callable[[Connection, Stretch], Seen]


class Question(Protocol[Seen]):
    """What is asked of everybody; it can be told to another process."""

    def seen_by(self) -> See[Seen]:
        """Who answers it, made ready once; raises RulebookError."""


class Looker(Generic[Seen]):
    """Answers a question about one stretch after the other."""

    def __init__(self, question: Question[Seen], engine: Engine) -> None:
        self._see, self._engine = question.seen_by(), reading(engine)

    def __call__(self, stretch: Stretch) -> Seen:
        """See what there is of *stretch*, in a transaction of its own."""
        with self._engine.begin() as connection:
            return self._see(connection, stretch)


def look(
    question: Question[Seen], stretches: Sequence[Stretch], engine: Engine, *, processes: int = 0
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


def look_through(
    title: str, question: Question[Seen], stretches: Sequence[Stretch], engine: Engine
) -> Iterator[tuple[Stretch, Seen]]:
    """Each of *stretches* with what is seen of it, and a progress bar meanwhile."""
    with progress_bar() as bar:
        task = bar.add_task(title, total=sum(each.rows for each in stretches))
        for stretch, seen in zip(stretches, look(question, stretches, engine), strict=True):
            yield stretch, seen
            bar.update(task, advance=stretch.rows)


_looker: list[Looker[Any]] = []


def _begin(question: Question[Any], database_url: str) -> None:
    _looker.append(Looker(question, open_engine(database_url)))


def _look(stretch: Stretch) -> Any:
    return _looker[0](stretch)
