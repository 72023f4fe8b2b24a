"""Callers who ask without a pause whatever happens, and what the database kept of it."""

import hashlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import Condition, Event, Thread
from typing import Any

import orjson
from sqlalchemy import select

from models.engine import open_engine, reading
from models.gate import Activity
from models.ledger import Entry
from service.clients import add_client
from service.clock import system_clock
from service.ledger.receipts import read_signer, signing
from service.web.shedding import LONGEST_SECONDS
from tests.faults.gate import ENTRY, PATIENCE, House
from tests.tokens import knowing

CALLERS = 4
_RETRY_SECONDS = 0.02
_CUT, _HUNG = 0, -1  # the status of a call whose connection broke, or that nobody answered


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one call to *port*, and when; status 0 where the connection broke."""

    status: int
    body: dict[str, Any]
    asked_at: float = 0.0
    came_at: float = 0.0
    port: int = 0
    retry_after: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.came_at - self.asked_at

    @property
    def decided(self) -> bool:
        """Whether this is a decision."""
        return self.status == 200

    @property
    def cut(self) -> bool:
        """Whether the connection was refused, or broke."""
        return self.status == _CUT

    @property
    def keeps_out(self) -> bool:
        """Whether this lets nobody in and says that it is no decision."""
        if self.cut:
            return True
        said = {name: self.body.get(name) for name in ("decision", "reason", "retryable")}
        expected = {"decision": "lock", "reason": "ENGINE_UNAVAILABLE", "retryable": True}
        return self.status == 503 and said == expected

    @property
    def waited_in_vain(self) -> bool:
        """Whether this is no decision because something took too long, or too many asked."""
        shed = str(self.body.get("detail")).startswith("too many ask")
        return self.keeps_out and (shed or self.seconds >= LONGEST_SECONDS)


class Load:
    """Callers, each in a thread: they ask about one person after the other."""

    patience = PATIENCE

    def __init__(self, house: House, port: int, *, many: int = CALLERS) -> None:
        self.answers: list[Answer] = []
        self._counted: Counter[int] = Counter()
        self._came = Condition()
        self._over = Event()
        self._headers = headers_with(house.token)
        self.port = port
        both = zip(itertools.cycle(house.allowed), itertools.cycle(house.locked))
        self._people = itertools.chain.from_iterable(both)
        self._callers = [Thread(target=self._ask_on, daemon=True) for _ in range(many)]

    def begin(self) -> None:
        """Let the callers ask."""
        for caller in self._callers:
            caller.start()

    def end(self) -> None:
        """Let every call that is under way come back, and ask no more."""
        self._over.set()
        for caller in self._callers:
            caller.join()

    def count(self, status: int) -> int:
        """How many answers of *status* came so far."""
        return self._counted[status]

    @property
    def cut(self) -> int:
        """How many calls came back with nothing."""
        return self.count(_CUT)

    def await_more(self, more: int, status: int = 200) -> None:
        """Wait until *more* answers of *status* came."""
        with self._came:
            goal = self._counted[status] + more
            came = self._came.wait_for(lambda: self._counted[status] >= goal, PATIENCE)
        assert came, f"expected {more} more answers with {status}; had {dict(self._counted)}"

    def _ask_on(self) -> None:
        while not self._over.is_set():
            with self._came:
                person = next(self._people)
            self.ask_about(person)

    def ask_about(self, person: str) -> None:
        """Ask once, and go on to the next person."""
        self.ask(person, self.port)

    def ask(self, person: str, port: int, **headers: str) -> Answer:
        """Ask *port*, and count what comes back."""
        body = {"user_id": person, "entry": ENTRY}
        told = {**self._headers, **headers}
        answer = call(port, "POST", "/v1/logins", body, told, patience=self.patience)
        with self._came:
            self.answers.append(answer)
            self._counted[answer.status] += 1
            self._came.notify_all()
        if not answer.decided:
            time.sleep(_RETRY_SECONDS)  # what refuses at once would be asked without end
        return answer


def call(
    port: int,
    verb: str,
    path: str,
    body: dict[str, Any],
    headers: Mapping[str, str],
    *,
    patience: float = PATIENCE,
) -> Answer:
    """One call on a connection of its own, given up after so much *patience*."""
    asked_at = time.monotonic()

    def came(status: int, read: dict[str, Any], retry_after: str = "") -> Answer:
        return Answer(status, read, asked_at, time.monotonic(), port, retry_after)

    connection = HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request(verb, path, orjson.dumps(body), dict(headers))
        response = connection.getresponse()
        after = response.getheader("Retry-After", "")
        return came(response.status, orjson.loads(response.read()), after)
    except TimeoutError:
        return came(_HUNG, {})
    except (OSError, HTTPException):
        return came(_CUT, {})
    finally:
        connection.close()


def decided(ask: Callable[[], Answer]) -> Answer:
    """What is answered at last, where a disk stands still for a while; an error ends it, too."""
    answer = ask()
    while answer.waited_in_vain:
        answer = ask()
    return answer


def callers(house: House, *scopes: str) -> dict[str, dict[str, str]]:
    """A new caller for each of *scopes*: the headers it calls with."""
    engine, signer = knowing(open_engine(house.url)), read_signer(house.key)
    try:
        with signing(engine, lambda: signer).begin() as connection:
            as_of = system_clock()
            tokens = [(each, add_client(connection, each, [each], as_of)) for each in scopes]
    finally:
        engine.dispose()
    return {each: headers_with(token) for each, token in tokens}


def headers_with(token: str) -> dict[str, str]:
    """The headers of the caller with that *token*."""
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


@contextmanager
def under_load(house: House, port: int, *, many: int = CALLERS) -> Iterator[Load]:
    """So *many* callers who ask for as long as the context lasts."""
    load = Load(house, port, many=many)
    load.begin()
    try:
        yield load
    finally:
        load.end()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database keeps: logins by their id, and the day each person was last active."""

    entries: dict[str, tuple[str, str, str, bytes]]  # person, outcome, reason, body
    active_on: dict[str, str]


def kept(house: House) -> Kept:
    """Everything of it, read by a process that served nobody."""
    engine = open_engine(house.url)
    columns = (Entry.id, Entry.person_id, Entry.outcome, Entry.reason, Entry.body)
    try:
        with reading(engine).begin() as connection:
            rows = connection.execute(select(*columns).where(Entry.kind == "login"))
            entries = {row.id: (*row[1:4], bytes(row.body)) for row in rows}
            days = connection.execute(select(Activity.person_id, Activity.last_on))
            return Kept(entries, {person: day for person, day in days})
    finally:
        engine.dispose()


def missing(answers: list[Answer], found: Kept) -> list[dict[str, Any]]:
    """The decisions that were answered and are not in the ledger exactly as they were answered."""
    return [each.body for each in answers if each.decided and not _is_kept(each.body, found)]


def _is_kept(answer: dict[str, Any], found: Kept) -> bool:
    entry = found.entries.get(answer["decision_id"])
    if entry is None:
        return False
    _, outcome, reason, body = entry
    said = orjson.loads(body)
    return (
        (outcome, reason) == (answer["decision"], answer["reason"])
        and (said["outcome"], said["reason"]) == (outcome, reason)
        and hashlib.sha256(b"\x00" + body).hexdigest() == answer["receipt"]["leaf_hash"]
    )


def unmoved(answers: list[Answer], found: Kept) -> list[str]:
    """The people who were answered `allow`, and whose activity is older than that answer."""
    came_in = [e.body for e in answers if e.decided and e.body["decision"] == "allow"]
    last = {found.entries[each["decision_id"]][0]: each["as_of"][:10] for each in came_in}
    return [person for person, day in last.items() if found.active_on.get(person, "") < day]


def half_done(before: Kept, after: Kept) -> set[str]:
    """The people with an entry that lets them in and no activity, or the other way round."""
    let_in = {person for person, outcome, *_ in after.entries.values() if outcome == "allow"}
    moved = {p for p, day in after.active_on.items() if day != before.active_on.get(p)}
    return let_in ^ moved
