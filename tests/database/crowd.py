"""A crowd of invented people, each with a mix of dates, roles, properties and requests of their
own; the same for the same seed, and made one after the other however many there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random
from string import ascii_uppercase, digits

from sqlalchemy import Connection, Engine, insert

from models.gate import Activity
from models.people import Person
from models.people import Standing as StandingRow
from service.core.standing import Flag, Request, RoleHeld, Standing, to_plain

_BATCH = 5_000
_PROPERTIES, _ORGANISATIONS = 24_000, 5_000
_SIGNS = digits + ascii_uppercase
_POPULATIONS = {"M": "external", "H": "hud_staff", "C": "contractor"}
_NEVER = ""


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody of the crowd."""

    standing: Standing
    last_activity_on: str
    organisation: str


def crowd(number: int, today: str, seed: int = 1) -> Iterator[Invented]:
    """So many people as they stand on *today*; most come in, and each lock has its share."""
    random, day = Random(seed), date.fromisoformat(today)
    for index in range(number):
        yield _Draw(random, day).person(index)


def fill(engine: Engine, people: Iterable[Invented]) -> None:
    """Put *people* where logins look: standings, activity, and whose organisation they are of.

    The tables that standings come from stay empty.
    """
    rest = iter(people)
    while batch := list(islice(rest, _BATCH)):
        with engine.begin() as connection:
            _insert(connection, batch)


def _insert(connection: Connection, people: list[Invented]) -> None:
    connection.execute(insert(Person), [_person_row(each) for each in people])
    standings = [
        {"person_id": p.standing.person_id, "version": 1, "document": to_plain(p.standing)}
        for p in people
    ]
    connection.execute(insert(StandingRow), standings)
    active = [p for p in people if p.last_activity_on]
    if active:
        rows = [{"person_id": p.standing.person_id, "last_on": p.last_activity_on} for p in active]
        connection.execute(insert(Activity), rows)


def _person_row(person: Invented) -> dict[str, object]:
    standing = person.standing
    same = ("population", "marked_coordinator", "created_on", "terminated", "rob_accepted_on")
    wass = ("wass_last_access_on", "password_changed_on", "wass_spoke_on")
    return {
        "id": standing.person_id,
        "organisation": person.organisation,
        **{name: getattr(standing, name) for name in (*same, *wass)},
    }


class _Draw:
    """Draws one person after the other."""

    def __init__(self, random: Random, today: date) -> None:
        self._random, self._today = random, today

    def person(self, index: int) -> Invented:
        prefix = self._random.choices("MHC", (94, 4, 2))[0]
        outside = prefix == "M"
        coordinator = self._one_in(12)
        properties = self._properties(10) if outside else frozenset()
        standing = Standing(
            person_id=prefix + _numbered(index),
            population=_POPULATIONS[prefix],
            marked_coordinator=coordinator,
            terminated=self._one_in(60),
            created_on=self._ago(40, 5_000),
            wass_spoke_on=self._today.isoformat(),
            wass_last_access_on=self._rarely_before(90, one_in=40),
            password_changed_on=self._rarely_before(90, one_in=40),
            rob_accepted_on=_NEVER if self._one_in(50) else self._rarely_before(365, one_in=30),
            unlocked_on=self._ago(0, 400) if self._one_in(20) else _NEVER,
            roles=self._roles(coordinator),
            properties=properties,
            contracts=self._contracts() if outside else {},
            bpr=self._properties(6) if outside and coordinator and index % 5 else frozenset(),
            requests=self._requests(properties, outside),
            flags=self._flags(properties),
        )
        active = _NEVER if self._one_in(30) else self._rarely_before(58, one_in=12)
        return Invented(standing, active, f"Organisation {self._random.randrange(_ORGANISATIONS)}")

    def _one_in(self, number: int) -> bool:
        return self._random.randrange(number) == 0

    def _ago(self, least: int, most: int) -> str:
        return (self._today - timedelta(days=self._random.randint(least, most))).isoformat()

    def _rarely_before(self, days: int, *, one_in: int) -> str:
        """A day of the last so many *days*, for one in so many people an earlier one."""
        return self._ago(days, 2 * days) if self._one_in(one_in) else self._ago(0, days)

    def _roles(self, coordinator: bool) -> tuple[RoleHeld, ...]:
        codes = self._random.choices(
            (("IMAX", "TRACS"), ("TRACS",), ("IMAX",), ()), (60, 30, 8, 2)
        )[0]
        more = ("TCC", "TCR") if coordinator else ()
        ended = self._ago(0, 60) if self._one_in(40) else _NEVER
        return tuple(RoleHeld(code, self._ago(60, 3_000), ended) for code in (*codes, *more))

    def _properties(self, most: int) -> frozenset[int]:
        number = self._random.randint(1, most)
        return frozenset(800_000_000 + self._random.randrange(_PROPERTIES) for _ in range(number))

    def _contracts(self) -> dict[str, frozenset[int]]:
        if not self._one_in(8):
            return {}
        return {f"DC39S{self._random.randrange(10**6):06}": self._properties(3)}

    def _requests(self, properties: frozenset[int], scoped: bool) -> tuple[Request, ...]:
        made = []
        for _ in range(self._random.choice((0, 1, 1, 1, 2, 2, 3))):
            covers = frozenset(p for p in properties if not self._one_in(6))
            by = f"M9{_numbered(self._random.randrange(_ORGANISATIONS))[1:]}"
            day = self._ago(60, 210) if not self._one_in(8) else self._ago(0, 900)
            made.append(Request(by, day, not self._one_in(30), not scoped, covers))
        return tuple(sorted(made, key=lambda request: request.on))

    def _flags(self, properties: frozenset[int]) -> tuple[Flag, ...]:
        if not self._one_in(40):
            return ()
        item = self._random.choice(("TRACS", "IMAX", "TCC"))
        own = frozenset(p for p in properties if not self._one_in(3))
        return (Flag(item, f"M9{self._random.randrange(10**4):04}", self._ago(30, 300), own, 1),)


def _numbered(index: int) -> str:
    """*index* in five digits and capitals, in the same order."""
    signs = ""
    for _ in range(5):
        index, sign = divmod(index, len(_SIGNS))
        signs = _SIGNS[sign] + signs
    return signs
