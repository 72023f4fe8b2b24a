"""Who certified how many and how fast, and coordinators who certified each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.certification import CertificationRequest as Request
from service.ledger.searching import Search, oldest_first
from service.recertification.review.asked import Asked

_MADE = Search(kinds=("certify",), outcome="done")
_TOGETHER = timedelta(minutes=1)
_BEHIND = "/"


@dataclass(frozen=True, slots=True)
class Certifier:
    """The requests a coordinator made here, and the most of them within sixty seconds.

    *fastest_from* is the first of those.
    """

    coordinator_id: str
    requests: int
    people: int
    first_at: datetime
    last_at: datetime
    most_in_a_minute: int
    fastest_from: datetime

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return f"{self.most_in_a_minute}{_BEHIND}{self.coordinator_id}"


@dataclass(frozen=True, slots=True)
class MutualCertifiers:
    """Two coordinators, the days on which the one asked for the other, and the other way."""

    one: str
    other: str
    one_for_other: Sequence[str]
    other_for_one: Sequence[str]

    @property
    def key(self) -> str:
        """Behind what the next one stands."""
        return f"{self.one}{_BEHIND}{self.other}"


def certifications(asked: Asked) -> Iterator[Certifier]:
    """Every coordinator who requested certifications here; many within a minute come first.

    Requests that were imported have a day and no time, so they are not among these.
    """
    made: defaultdict[str, _Made] = defaultdict(_Made)
    for entry in oldest_first(asked.connection, _MADE):
        by = made[entry["call"]["actor_id"]]
        by.at.append(datetime.fromisoformat(entry["as_of"]))
        by.people.add(entry["person_id"])
    found = sorted((by.summed_up(i) for i, by in made.items()), key=_fastest_first)
    return (each for each in found if not asked.cursor or _fastest_first(each) > _behind(asked))


@dataclass(slots=True)
class _Made:
    at: list[datetime] = field(default_factory=list)
    people: set[str] = field(default_factory=set)

    def summed_up(self, coordinator_id: str) -> Certifier:
        most, began = fastest(self.at)
        return Certifier(
            coordinator_id, len(self.at), len(self.people), self.at[0], self.at[-1], most, began
        )


def fastest(instants: Sequence[datetime]) -> tuple[int, datetime]:
    """The most of *instants*, which are in order, within a minute, and the first of those."""
    most, began, first = 0, instants[0], 0
    for last, at in enumerate(instants):
        while at - instants[first] >= _TOGETHER:
            first += 1
        if last - first + 1 > most:
            most, began = last - first + 1, instants[first]
    return most, began


def mutual_certifiers(asked: Asked) -> Iterator[MutualCertifiers]:
    """Every two who requested certification of each other, in the order of their IDs."""
    to, fro = aliased(Request), aliased(Request)
    query = (
        select(to.coordinator_id, fro.coordinator_id, to.requested_on, fro.requested_on)
        .join(fro, (fro.person_id == to.coordinator_id) & (fro.coordinator_id == to.person_id))
        .where(to.coordinator_id < to.person_id)
    )
    days: defaultdict[tuple[str, str], tuple[set[str], set[str]]]
    days = defaultdict(lambda: (set(), set()))
    for one, other, there, back in asked.connection.execute(query):
        days[one, other][0].add(there)
        days[one, other][1].add(back)
    for pair in sorted(days):
        row = MutualCertifiers(*pair, *map(sorted, days[pair]))
        if row.key > asked.cursor:
            yield row


def _fastest_first(row: Certifier) -> tuple[int, str]:
    return -row.most_in_a_minute, row.coordinator_id


def _behind(asked: Asked) -> tuple[int, str]:
    most, _, coordinator_id = asked.cursor.partition(_BEHIND)
    return -int(most), coordinator_id
