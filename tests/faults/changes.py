"""Changes over HTTP, each with a question whose answer says whether it was judged with it.

In a round somebody asks on and on, at another host, from the moment the change is sent until it is
answered; then once more, at any host. Only that last answer has to know of the change. But what
was committed after the change has to know of it too, and what was committed before must not.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Barrier, Event
from typing import Any, Protocol

from sqlalchemy import text

from models.engine import open_engine, reading
from service.clock import system_clock
from service.ledger.searching import Search, oldest_first
from service.policy.active import Courts
from service.recertification.replay import KINDS, Difference, replay
from service.web.requests import ACTOR
from tests.database.wass import BOTH, OAKS
from tests.faults.gate import ENTRY, PATIENCE, House
from tests.faults.load import Answer, call, callers, decided, headers_with

MOVED, HELP_DESK, STAFF = "M29994", "H29995", "M29995"
#: When each entry was committed, as a number that grows.
_COMMITTED = {
    "postgresql": "SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM entry",
    "sqlite": "SELECT id, rowid FROM entry",
}


class Doors:
    """The doors of the house, with a caller for each."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._callers = callers(house, "feed", "subsystem")
        self._gate = headers_with(house.token)

    def log_in(self, port: int, user_id: str, **more: Any) -> Answer:
        """A login at the menu."""
        body = {"user_id": user_id, "entry": ENTRY, **more}
        return decided(lambda: call(port, "POST", "/v1/logins", body, self._gate))

    def put(self, port: int, person_id: str, **differently: Any) -> Answer:
        """WASS says everything about a person."""
        path, body = f"/v1/people/{person_id}", _truth(**differently)
        return decided(lambda: call(port, "PUT", path, body, self._callers["feed"]))

    def manage(self, port: int, verb: str, path: str, actor: str, **body: Any) -> Answer:
        """A call of *actor* in the subsystem."""
        headers = {**self._callers["subsystem"], ACTOR: actor}
        return decided(lambda: call(port, verb, path, body, headers))


class Change(Protocol):
    """Something that is made again and again, and undone where that is needed."""

    def make(self, number: int, port: int) -> Answer:
        """Make the change of that *number*."""

    def ask(self, number: int, port: int) -> Answer:
        """Ask what depends on it."""

    def known(self, number: int, answer: Answer) -> bool:
        """Whether *answer* was judged with it."""


class Termination:
    """The feed terminates a person, and takes it back."""

    def __init__(self, doors: Doors, port: int) -> None:
        self._doors = doors
        assert doors.put(port, MOVED).decided

    def make(self, number: int, port: int) -> Answer:
        status = "active" if number % 2 else "terminated"
        return self._doors.put(port, MOVED, wass_status=status)

    def ask(self, number: int, port: int) -> Answer:
        return self._doors.log_in(port, MOVED)

    def known(self, number: int, answer: Answer) -> bool:
        return ("WASS_TERMINATED" in _codes(answer)) != bool(number % 2)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who has what, what is *taken* away, what is asked for, and the reason when it is gone."""

    person_id: str
    whole: dict[str, Any]
    taken: str
    asked: dict[str, Any]
    reason: str


ASSIGNED = (
    Assigned("M29996", {"properties": [OAKS]}, "properties", {}, "PROPERTY_NOT_ASSIGNED"),
    Assigned("M29997", {"bpr": [OAKS]}, "bpr", {}, "PROPERTY_NOT_ASSIGNED"),
    Assigned(
        "M29998",
        {"properties": [OAKS], "contracts": [BOTH]},
        "contracts",
        {"contract_number": BOTH},
        "CONTRACT_NOT_ASSIGNED",
    ),
)


class Unassignment:
    """The feed takes a property, a contract or a business partner away, and gives it back."""

    def __init__(self, doors: Doors, port: int) -> None:
        self._doors = doors
        for each in ASSIGNED:
            assert doors.put(port, each.person_id, **each.whole).decided

    def make(self, number: int, port: int) -> Answer:
        each = self._turn(number)
        said = each.whole if number % 2 else {**each.whole, each.taken: []}
        return self._doors.put(port, each.person_id, **said)

    def ask(self, number: int, port: int) -> Answer:
        each = self._turn(number)
        return self._doors.log_in(port, each.person_id, property_id=OAKS, **each.asked)

    def known(self, number: int, answer: Answer) -> bool:
        return (self._turn(number).reason in _codes(answer)) != bool(number % 2)

    def _turn(self, number: int) -> Assigned:
        return ASSIGNED[number // 2 % len(ASSIGNED)]


class Unlock:
    """The help desk opens one account after the other."""

    def __init__(self, doors: Doors, port: int) -> None:
        self._doors = doors
        help_desk = {"population": "hud_staff", "coordinator": False, "roles": ["HELP_DESK"]}
        assert doors.put(port, HELP_DESK, **help_desk).decided

    def make(self, number: int, port: int) -> Answer:
        locked = [self._doors.house.locked[number]]
        return self._doors.manage(port, "POST", "/v1/unlocks", HELP_DESK, user_ids=locked)

    def ask(self, number: int, port: int) -> Answer:
        return self._doors.log_in(port, self._doors.house.locked[number])

    def known(self, number: int, answer: Answer) -> bool:
        return "INACTIVE" not in _codes(answer)


class Parting:
    """A coordinator ends a relationship, and begins it again; it opens only one's own staff."""

    def __init__(self, doors: Doors, port: int) -> None:
        self._doors, self._actor = doors, doors.house.allowed[0]
        assert doors.put(port, STAFF, coordinator=False, roles=["TRACS"]).decided
        assert self.make(1, port).decided

    def make(self, number: int, port: int) -> Answer:
        if number % 2:
            assign = {"user_id": STAFF, "coordinator_id": self._actor}
            return self._doors.manage(port, "POST", "/v1/staff", self._actor, **assign)
        path = f"/v1/staff/{self._actor}/{STAFF}"
        return self._doors.manage(port, "DELETE", path, self._actor)

    def ask(self, number: int, port: int) -> Answer:
        return self._doors.manage(port, "POST", "/v1/unlocks", self._actor, user_ids=[STAFF])

    def known(self, number: int, answer: Answer) -> bool:
        return ("NOT_ASSIGNED" in _codes(answer)) != bool(number % 2)


@dataclass(frozen=True, slots=True)
class Round:
    """A change, what was asked *beside* it, and what was asked after it was answered."""

    change: Answer
    beside: list[Answer]
    after: Answer

    @property
    def answers(self) -> list[Answer]:
        """All answers of it."""
        return [self.change, *self.beside, self.after]


@dataclass(slots=True)
class Told:
    """What came of all rounds."""

    rounds: int
    undecided: list[Answer]
    #: How many answers beside a change did not know of it, and how many did.
    beside: list[int] = field(default_factory=lambda: [0, 0])
    stale: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        before, after = self.beside
        return (
            f"{self.rounds} rounds, {len(self.undecided)} undecided, {len(self.stale)} stale;"
            f" beside the changes {before} without and {after} with them,"
            f" {len(self.disordered)} against the order of the ledger"
        )


def run(change: Change, ports: Sequence[int], rounds: int) -> list[Round]:
    """Make *change* so many times, each time at any of the *ports* and asked about at others."""
    chance = Random(rounds)
    with ThreadPoolExecutor(1) as other:
        return [_round(change, n, chance.choices(ports, k=3), other) for n in range(rounds)]


def _round(change: Change, number: int, ports: Sequence[int], other: ThreadPoolExecutor) -> Round:
    here, there, yonder = ports
    both, made = Barrier(2), Event()

    def ask_on() -> list[Answer]:
        both.wait(PATIENCE)
        answers = [change.ask(number, there)]
        while not made.is_set():
            answers.append(change.ask(number, there))
        return answers

    asking = other.submit(ask_on)
    both.wait(PATIENCE)
    try:
        answer = change.make(number, here)
    finally:
        made.set()
    return Round(answer, asking.result(), change.ask(number, yonder))


def judge(change: Change, rounds: Sequence[Round], house: House) -> Told:
    """Hold every answer to when its entry was committed."""
    undecided = [answer for each in rounds for answer in each.answers if not answer.decided]
    committed, told = _committed(house), Told(len(rounds), undecided)
    if undecided:
        return told
    for number, each in enumerate(rounds):
        if not change.known(number, each.after):
            told.stale.append(f"round {number}: {each.after}")
        made = committed[each.change.body["decision_id"]]
        for answer in each.beside:
            known = change.known(number, answer)
            told.beside[known] += 1
            if known != (committed[answer.body["decision_id"]] > made):
                told.disordered.append(f"round {number}: {answer}")
    return told


def went_back(house: House) -> list[str]:
    """The logins judged on an activity older than one of the same person before; none at once."""
    committed, engine = _committed(house), open_engine(house.url)
    try:
        with reading(engine).begin() as connection:
            logins = list(oldest_first(connection, Search(kinds=("login",))))
    finally:
        engine.dispose()
    latest: dict[str, str] = {}
    back = []
    for each in sorted(logins, key=lambda entry: committed[entry["id"]]):
        last_on = each["evidence"]["last_activity_on"]
        if last_on < latest.get(each["person_id"], ""):
            back.append(each["id"])
        latest[each["person_id"]] = last_on
    return back


def _committed(house: House) -> dict[str, Any]:
    engine = open_engine(house.url)
    try:
        with reading(engine).begin() as connection:
            rows = connection.execute(text(_COMMITTED[engine.dialect.name]))
            return {entry_id: at for entry_id, at in rows}
    finally:
        engine.dispose()


def replayed(house: House) -> tuple[int, list[Difference]]:
    """How many decisions were derived again, and what came out otherwise than it was recorded."""
    engine, courts = open_engine(house.url), Courts()
    try:
        with reading(engine).begin() as connection:
            entries = oldest_first(connection, Search(kinds=KINDS))
            each = [replay(entry, courts.of(entry["digest"], connection)) for entry in entries]
            return len(each), [difference for found in each for difference in found]
    finally:
        engine.dispose()


def _codes(answer: Answer) -> set[str]:
    return {each["code"] for each in answer.body["reasons"]}


def _truth(**differently: Any) -> dict[str, Any]:
    """What WASS says of a coordinator outside HUD whom nothing keeps out."""
    today = system_clock().date()
    return {
        "population": "external",
        "coordinator": True,
        "created_on": "2015-01-05",
        "wass_status": "active",
        "wass_last_access_on": (today - timedelta(1)).isoformat(),
        "password_changed_on": (today - timedelta(10)).isoformat(),
        "last_activity_on": (today - timedelta(20)).isoformat(),
        "rob_accepted_on": (today - timedelta(30)).isoformat(),
        "roles": ["TRACS", "IMAX"],
        **differently,
    }
