"""The forecast: the outlook of everybody, and what it comes to for each day and reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from models.access import Staff
from service.login.everybody import Somebody, people_of
from service.login.outlook.course import Courses
from service.login.stretch import Stretch
from service.policy.active import court_of

Texts = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Locking:
    """An *entry* of a person that locks on *day*; *reasons*: their codes, the first counts.

    *coordinators*: those the person is the staff of.
    """

    person_id: str
    organisation: str
    coordinators: tuple[str, ...]
    entry: str
    day: str
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The first reason's code."""
        return self.reasons[0]


@dataclass(frozen=True, slots=True)
class Forecast:
    """When everybody's entries lock, from *first* up to *last*, by the policies *texts*."""

    texts: Texts
    first: str
    last: str

    def seen_by(self) -> Callable[[Connection, Stretch], list[list[Locking]]]:
        """Who sees whoever is locked out of an entry, each with all that lock."""
        courses = Courses(court_of(self.texts))

        def see(connection: Connection, stretch: Stretch) -> list[list[Locking]]:
            coordinators = _coordinators(connection, stretch)
            everybody = people_of(connection, stretch)
            found = (
                self._lockings(courses, each, coordinators[each.person_id]) for each in everybody
            )
            return [each for each in found if each]

        return see

    def _lockings(
        self, courses: Courses, person: Somebody, coordinators: Sequence[str]
    ) -> list[Locking]:
        return [
            Locking(
                person.person_id,
                person.organisation,
                tuple(coordinators),
                entry,
                lock.day,
                lock.decision.codes,
            )
            for entry, lock in courses.locks(person.evidence, self.first, self.last).items()
        ]


def _coordinators(connection: Connection, stretch: Stretch) -> dict[str, list[str]]:
    query = select(Staff.user_id, Staff.coordinator_id).where(Staff.user_id.between(*stretch.ends))
    found: dict[str, list[str]] = defaultdict(list)
    for user_id, coordinator_id in connection.execute(query.order_by(Staff.coordinator_id)):
        found[user_id].append(coordinator_id)
    return found


@dataclass(slots=True)
class Share:
    """Of a coordinator or an organisation: how many people are locked for a reason, from when."""

    people: int = 0
    first_day: str = ""

    def add(self, day: str) -> None:
        """One more, on *day*."""
        self.people += 1
        self.first_day = min(self.first_day or day, day)


@dataclass(slots=True)
class Sum:
    """What a forecast comes to. People are counted once for a day and reason, however many
    entries of theirs lock then; *entries* counts those.

    *shares*: by what is shared out (coordinators, organisations), by whose, and by reason.
    """

    looked_at: int = 0
    locked: int = 0
    days: Counter[tuple[str, str]] = field(default_factory=Counter)
    entries: Counter[tuple[str, str]] = field(default_factory=Counter)
    coordinators: dict[tuple[str, str], Share] = field(default_factory=dict)
    organisations: dict[tuple[str, str], Share] = field(default_factory=dict)

    def add(self, lockings: Sequence[Locking]) -> None:
        """Count all that lock for one person."""
        self.locked += 1
        self.entries.update((each.day, each.reason) for each in lockings)
        self.days.update({(each.day, each.reason) for each in lockings})
        for (whose, reason), day in _earliest(lockings, lambda e: e.coordinators).items():
            self.coordinators.setdefault((whose, reason), Share()).add(day)
        for (whose, reason), day in _earliest(lockings, lambda e: (e.organisation,)).items():
            self.organisations.setdefault((whose, reason), Share()).add(day)


def _earliest(
    lockings: Sequence[Locking], whose: Callable[[Locking], Sequence[str]]
) -> dict[tuple[str, str], str]:
    """The first day a person is locked for a reason, for each whose person it is."""
    found: dict[tuple[str, str], str] = {}
    for each in lockings:
        for name in whose(each):
            key = (name, each.reason)
            found[key] = min(found.get(key, each.day), each.day)
    return found
