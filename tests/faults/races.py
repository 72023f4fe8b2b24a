"""Two who act on the same people at once, against the two orders of one after the other.

Each round has people of its own. In every second round both begin together at a barrier and run as
they like. In the others one of the two is stopped before one of its statements, or before its
commit, until the other is at its end or waits for a lock; round by round every statement has its
turn. Whatever way they went: what the ledger and the tables say afterwards must be word for word
what one of the two orders gives, and what was committed before the other's commit was asked for
must have been known to it.
"""

import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Barrier, Event
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, select, text

from models.access import PropertyAssignment, Staff
from models.base import Base
from models.certification import CertificationRequest, Flag, Unlock
from models.engine import open_engine, reading
from models.gate import Activity
from models.ledger import Entry
from models.people import Standing
from service.core.standing import to_plain
from service.people.gathering import gather_standings
from tests.faults.gate import PATIENCE

ROUNDS = int(os.environ.get("GATEHOUSE_RACES", "200"))
TEAMS = ROUNDS + 2  # the first two show what the two orders give
#: The people of a round, by their IDs.
Team = Sequence[str]
#: What one of the two does to a team; the id of its ledger entry, '' when it makes none.
Work = Callable[[Connection, Team], str]

_LOOK_AGAIN = 0.0005
_OWNED = {
    Activity: "person_id",
    PropertyAssignment: "person_id",
    Staff: "user_id",
    Unlock: "person_id",
    CertificationRequest: "person_id",
    Flag: "person_id",
}
_WAITS = text("SELECT cardinality(pg_blocking_pids(:backend)) > 0")
_KEEP = select(Standing.version).with_for_update()


@dataclass(frozen=True, slots=True)
class Pace:
    """Which of the two (0 or 1) is stopped *before* which step; 0: none is, it is told first.

    *kept*: a third keeps a row from both until both wait.
    """

    which: int = 0
    before: int = 0
    kept: bool = False

    def __str__(self) -> str:
        if self.kept:
            return "both waited for a row that a third kept"
        if self.before:
            return f"call {self.which} was stopped before its step {self.before}"
        return f"both went at once, call {self.which} told first"


class Turn:
    """One call of a round: how far it came, what it left, and in which order it was committed."""

    def __init__(self, work: Work, team: Team, stop_before: int = 0) -> None:
        self.work = work
        self.team = team
        self.stop_before = stop_before
        self.rival: Turn | None = None
        self.steps = 0
        self.backend = 0
        self.begins, self.stopped, self.ended = Event(), Event(), Event()
        self.entry_id = self.error = ""
        self.asked_to_commit = self.committed = 0


class Runner:
    """Makes the calls of one side, on a connection of its own that it sees every step of."""

    def __init__(self, url: str, ticks: Iterator[int], planner: Sequence[str]) -> None:
        """*planner*: settings of PostgreSQL's planner."""
        self.engine = open_engine(url)
        self._ticks = ticks
        self._turn: Turn
        if self.engine.dialect.name == "postgresql":
            self._watch = create_engine(self.engine.url, isolation_level="AUTOCOMMIT").connect()
            event.listen(self.engine, "connect", _set(planner))
        for way in ("do_execute", "do_execute_no_params", "do_executemany"):
            event.listen(self.engine, way, self._executes)
        event.listen(self.engine, "commit", self._commits)

    def run(self, turn: Turn) -> None:
        """Make the call; an error ends it as an error ends a request."""
        self._turn = turn
        try:
            with self.engine.connect() as connection:
                turn.backend = self._backend(connection)
                turn.begins.set()
                with connection.begin():
                    turn.entry_id = turn.work(connection, turn.team)
            turn.committed = next(self._ticks)
        except Exception as error:
            turn.error = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        finally:
            for each in (turn.begins, turn.stopped, turn.ended):
                each.set()

    def let_run(self, turn: Turn) -> None:
        """Wait until *turn*, which is the other's, is at its end or waits for a lock.

        On SQLite it waits as soon as it begins, for whoever looks on has begun before.
        """
        if self.engine.dialect.name == "sqlite":
            assert turn.begins.wait(PATIENCE)
            return
        for _ in range(int(PATIENCE / _LOOK_AGAIN)):
            if turn.ended.wait(_LOOK_AGAIN):
                return
            if self._watch.scalar(_WAITS, {"backend": turn.backend}):
                return
        raise AssertionError("the other neither ended nor waited")

    def close(self) -> None:
        """Give every connection back."""
        if self.engine.dialect.name == "postgresql":
            self._watch.close()
            self._watch.engine.dispose()
        self.engine.dispose()

    def _backend(self, connection: Connection) -> int:
        """The process that serves a connection (PostgreSQL)."""
        raw: Any = connection.connection.dbapi_connection
        return raw.info.backend_pid if self.engine.dialect.name == "postgresql" else 0

    def _executes(self, *_: Any) -> None:
        self._step()

    def _commits(self, _connection: Connection) -> None:
        self._step()
        self._turn.asked_to_commit = next(self._ticks)

    def _step(self) -> None:
        turn = self._turn
        turn.steps += 1
        if turn.steps == turn.stop_before:
            assert turn.rival is not None
            turn.stopped.set()
            self.let_run(turn.rival)


def _set(planner: Sequence[str]) -> Callable[[Any, Any], None]:
    def connects(raw: Any, _entry: Any) -> None:
        for each in planner:
            raw.execute(f"SET {each}")
        raw.commit()

    return connects


@dataclass(slots=True)
class Outcome:
    """What came of all rounds."""

    rounds: int = 0
    #: In how many rounds it was as if the first, or the second, had gone first.
    orders: list[int] = field(default_factory=lambda: [0, 0])
    anomalies: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        first = f"; the first: {self.anomalies[0]}" if self.anomalies else ""
        return (
            f"{self.rounds} rounds, {self.orders[0]} and {self.orders[1]} in either order,"
            f" {len(self.anomalies)} anomalies{first}"
        )


class Race:
    """Two calls on one database."""

    def __init__(
        self,
        url: str,
        works: tuple[Work, Work],
        *,
        planners: tuple[Sequence[str], Sequence[str]] = ((), ()),
        kept: int | None = None,
    ) -> None:
        """*kept*: the number in the team of the person whose row a third keeps at times."""
        ticks = itertools.count(1)
        self.engine = open_engine(url)
        self.serial: list[dict[str, Any]] = []
        self._works = works
        self._kept = kept
        self._runners = [Runner(url, ticks, planner) for planner in planners]
        self._together = Barrier(2)

    def run(self, teams: Sequence[Team]) -> Outcome:
        """Race once with each team but the first two; these show what is right."""
        steps, orders = [0, 0], [self._one_after_another(t, i) for i, t in enumerate(teams[:2])]
        for turns in orders:
            steps = [max(s, turn.steps) for s, turn in zip(steps, turns, strict=True)]
        paces = self._paces(steps)
        raced = []
        with ThreadPoolExecutor(2) as threads:
            for number, team in enumerate(teams[2:]):
                pace = next(paces) if number % 2 else Pace(which=number // 2 % 2)
                raced.append((pace, self._race(threads, team, pace)))
        kept = Kept(self.engine)
        self.serial = [kept.of(turns) for turns in orders]
        outcome = Outcome(len(raced))
        for number, (pace, turns) in enumerate(raced):
            wrong = self._judge(kept, turns, outcome)
            if wrong:
                outcome.anomalies.append(f"round {number}, {pace}: {wrong}")
        return outcome

    def close(self) -> None:
        """Give every connection back."""
        for each in self._runners:
            each.close()
        self.engine.dispose()

    def _paces(self, steps: Sequence[int]) -> Iterator[Pace]:
        """Every step of both, again and again, and between any two the third who keeps a row."""
        numbered = range(1, max(steps) + 1)
        every = [Pace(i, n) for n in numbered for i, most in enumerate(steps) if n <= most]
        keeps = self._kept is not None and self.engine.dialect.name == "postgresql"
        for pace in itertools.cycle(every):
            yield pace
            if keeps:
                yield Pace(kept=True)

    def _one_after_another(self, team: Team, first: int) -> list[Turn]:
        turns = [Turn(work, team) for work in self._works]
        for i in (first, 1 - first):
            self._runners[i].run(turns[i])
            assert not turns[i].error, turns[i].error
        return turns

    def _race(self, threads: ThreadPoolExecutor, team: Team, pace: Pace) -> list[Turn]:
        turns = [
            Turn(work, team, pace.before if i == pace.which else 0)
            for i, work in enumerate(self._works)
        ]
        turns[0].rival, turns[1].rival = turns[1], turns[0]
        with self._third(turns) if pace.kept else nullcontext():
            runs = [
                threads.submit(self._go, self._runners[i], turns[i])
                for i in (pace.which, 1 - pace.which)
            ]
        for each in runs:
            each.result()
        return turns

    def _go(self, runner: Runner, turn: Turn) -> None:
        self._together.wait(PATIENCE)
        assert turn.rival is not None
        if turn.rival.stop_before:
            assert turn.rival.stopped.wait(PATIENCE)
        runner.run(turn)

    @contextmanager
    def _third(self, turns: Sequence[Turn]) -> Iterator[None]:
        """Keep a row, and let it go once both wait or are at their end."""
        assert self._kept is not None
        with self.engine.begin() as connection:
            connection.execute(_KEEP.where(Standing.person_id == turns[0].team[self._kept]))
            yield
            for turn in turns:
                self._runners[0].let_run(turn)

    def _judge(self, kept: "Kept", turns: Sequence[Turn], outcome: Outcome) -> str:
        """What is wrong with a round; '' when nothing is."""
        if errors := [f"call {i}: {t.error}" for i, t in enumerate(turns) if t.error]:
            return "; ".join(errors)
        told = kept.of(turns)
        for name, each in told["people"].items():
            if each["row"] != each["tables"]:
                found = difference(each["tables"], each["row"])
                return f"the standing of {name} is not what the tables say: {found}"
        orders = [i for i, each in enumerate(self.serial) if each == told]
        if not orders:
            return "; ".join(
                f"not as if call {i} had gone first: {difference(each, told)}"
                for i, each in enumerate(self.serial)
            )
        for early, late in ((0, 1), (1, 0)):
            if turns[early].committed < turns[late].asked_to_commit and early not in orders:
                return f"call {late} was written down after call {early}, and knew nothing of it"
        outcome.orders[orders[0]] += 1
        return ""


class Kept:
    """What ledger and tables say, told so that two rounds can be compared."""

    def __init__(self, engine: Engine) -> None:
        with reading(engine).begin() as connection:
            self._entries = {
                i: body for i, body in connection.execute(select(Entry.id, Entry.body))
            }
            self._people = _people(connection)

    def of(self, turns: Sequence[Turn]) -> dict[str, Any]:
        """What the calls of a round wrote down, and what is known of its people afterwards."""
        team = turns[0].team
        told = {
            "calls": [self._entry(turn) for turn in turns],
            "people": {i: self._people[i] for i in team},
        }
        flags = sorted(row["id"] for i in team for row in self._people[i]["flag"])
        raw = orjson.dumps(_renumbered(told, {n: k for k, n in enumerate(flags)}))
        for number, person_id in enumerate(team):
            raw = raw.replace(person_id.encode(), f"person {number}".encode())
        return dict(orjson.loads(raw))

    def _entry(self, turn: Turn) -> dict[str, Any]:
        entry = orjson.loads(self._entries[turn.entry_id]) if turn.entry_id else {}
        return {k: v for k, v in entry.items() if k != "id"}


def _people(connection: Connection) -> dict[str, dict[str, Any]]:
    """Everything a round may change about people, by person: the rows, and the standing."""
    rows = {row.person_id: row for row in connection.execute(select(Standing.__table__))}
    tables = gather_standings(connection, rows)
    people: dict[str, dict[str, Any]] = {
        i: {"version": row.version, "row": row.document, "tables": to_plain(tables[i])}
        for i, row in rows.items()
    }
    for model, owner in _OWNED.items():
        owned = _owned(connection, model, owner)
        for person_id, each in people.items():
            each[model.__tablename__] = owned[person_id]
    return people


def _owned(
    connection: Connection, model: type[Base], owner: str
) -> defaultdict[str, list[dict[str, Any]]]:
    """The rows of a table by the person they belong to; only flags are known by their number."""
    hidden = set() if model is Flag else {"id"}
    owned: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    query = select(model.__table__).order_by(*model.__table__.primary_key)
    for row in connection.execute(query).mappings():
        owned[row[owner]].append({k: v for k, v in row.items() if k not in hidden})
    return owned


def _renumbered(value: Any, ranks: Mapping[int, int], *, of_flags: bool = False) -> Any:
    """*value* with flags numbered from 0 wherever it speaks of flags."""
    if isinstance(value, dict):
        return {
            k: _renumbered(v, ranks, of_flags=of_flags or k.startswith("flag"))
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_renumbered(each, ranks, of_flags=of_flags) for each in value]
    return ranks.get(value, value) if of_flags and type(value) is int else value


def difference(expected: Any, found: Any, path: str = "") -> str:
    """The first place where *found* is not as *expected*."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        pairs = [(key, expected[key], found[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = list(zip(range(len(expected)), expected, found, strict=True))
    else:
        return f"{path}: expected {expected}, found {found}"
    return next(difference(e, f, f"{path}/{k}") for k, e, f in pairs if e != f)
