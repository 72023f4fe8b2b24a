"""A nation for the demo: the topology of Washington grown, and invented people by the million.

Deterministic: the same number, seed and day of loading give the same nation. None of it is kept:
everybody is made from a number, one after the other.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from models.staging import YES
from service.core.calendar import Calendar
from service.core.catalogue import Catalogue
from service.feed.numbered import mixed, person_id
from service.feed.topology import administrators, offices, sizes
from service.feed.world import Ground, about, certified_on

FEWEST, MOST = 1_000, 10_000_000
_CREATED, _JUST_CREATED = 2_000, 5  # days before the day of loading
_EMPLOYEES = 3  # of a contract administrator, and of a service bureau
_AGENTS_A_BUREAU, _BUREAU_SERVES = 50, 3
_HUD, _A_CERTIFIER = 0.015, 200  # HUD's own among all, and how many of them one certifies
_A_TRANSMITTER, _A_CONTRACTOR, _UNCERTIFIED = 20, 3, 10  # one in so many
_CERTIFIED = ("current", "past", "never")
_FIRST_PROPERTY = 800_000_000
_PREFIX = {"agents": "M", "staff": "H", "contractors": "C"}
State = Mapping[str, Any]
Rows = Mapping[str, list[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where somebody works: with which properties and contracts, certified by whom and when."""

    kind: str = "agents"
    role: str = "user"
    organisation: str
    properties: Sequence[int] = ()
    contracts: Sequence[int] = ()
    bpr: Sequence[int] = ()
    certified: Sequence[tuple[str, str]] = ()


class Nation:
    """So many *people* as they stand on *today*, under *calendar* and *catalogue*."""

    def __init__(
        self,
        people: int,
        ground: Ground,
        *,
        calendar: Calendar,
        catalogue: Catalogue,
        today: str,
        seed: int,
    ) -> None:
        said, measured = about(), [len(own) for _, own in ground.by_agent()]
        self._number, self._seed = people, seed
        self._today = date.fromisoformat(today)
        self._populations: Mapping[str, str] = said["populations"]
        self._holds: Mapping[str, list[str]] = said["roles"]
        self._states = _states()
        self._sizes = sizes(people, measured)
        self._offices = offices(self._sizes, _typical(measured))
        self._firsts = [office.first for office in self._offices]
        self._days: dict[int, str] = {}
        self._requested = {
            (kind, when): certified_on(
                when, calendar, catalogue.populations[population].windows, self._today
            )
            for kind, population in self._populations.items()
            for when in _CERTIFIED
        }

    def grounds(self) -> Rows:
        """The properties and the contracts."""
        names = [f"Agent {n}" for n, own in enumerate(self._sizes, 1) for _ in range(own)]
        return {
            "properties": [
                (_property(at), f"Property {at + 1}", f"City {at % 997}", "", name)
                for at, name in enumerate(names)
            ],
            "contracts": [(_contract(at), _property(at)) for at in range(len(names))],
        }

    def people(self) -> Iterator[Rows]:
        """What there is to say of everybody, one person at a time."""
        for number, place in enumerate(self._places()):
            yield self._rows(number, place)

    def _places(self) -> Iterator[_Place]:
        yield from self._coordinators()
        serving = [*self._administrators(), *self._bureaus()]
        yield from serving
        hud = round(self._number * _HUD)
        first = 2 * len(self._offices) + len(serving)
        yield from self._hud(first, hud)
        yield from self._users(self._number - first - hud)

    def _coordinators(self) -> Iterator[_Place]:
        """Two for each office, with relationships for all its properties."""
        for office in self._offices:
            own = range(office.first, office.first + office.properties)
            agent = f"Agent {office.agent + 1}"
            yield from [_Place(role="coordinator", organisation=agent, bpr=own)] * 2

    def _administrators(self) -> Iterator[_Place]:
        """Some people with all contracts of each; not every office has certified them."""
        for number, own in enumerate(administrators(sum(self._sizes)), 1):
            tied = self._tied(own[0], own[-1])
            certified = [
                (self._coordinator(at), "current")
                for at in tied
                if mixed(self._seed, at) % _UNCERTIFIED
            ]
            name = f"Contract administrator {number}"
            yield from [_Place(organisation=name, contracts=own, certified=certified)] * _EMPLOYEES

    def _bureaus(self) -> Iterator[_Place]:
        """Some people with all properties of three agents; one of them is not certified by all."""
        ends = [0, *accumulate(self._sizes)]
        for number in range(max(1, len(self._sizes) // _AGENTS_A_BUREAU)):
            served = ends[number * _BUREAU_SERVES : (number + 1) * _BUREAU_SERVES + 1]
            tied = [self._coordinator(at) for at in self._tied(served[0], served[-1] - 1)]
            for employee in range(_EMPLOYEES):
                missing = len(tied) - (employee == _EMPLOYEES - 1)
                when = ["current"] * missing + ["past"] * (len(tied) - missing)
                yield _Place(
                    organisation=f"Service bureau {number + 1}",
                    properties=range(served[0], served[-1]),
                    certified=list(zip(tied, when, strict=True)),
                )

    def _hud(self, first: int, people: int) -> Iterator[_Place]:
        """Certifiers, who certify each other, and staff and contractors certified by them."""
        certifiers = max(2, people // _A_CERTIFIER)
        for at in range(people):
            by = person_id("H", first + (at + 1) % certifiers)
            if at < certifiers:
                kind, role, certified = "staff", "coordinator", [(by, "current")]
            else:
                kind = "staff" if at % _A_CONTRACTOR else "contractors"
                role, certified = "user", [(by, "")]
            if at == people - 1:
                kind, role = "staff", "help_desk"
            yield _Place(kind=kind, role=role, organisation="HUD", certified=certified)

    def _users(self, people: int) -> Iterator[_Place]:
        """Users of every office by the number of its properties, two properties each."""
        total = sum(self._sizes)
        for at, office in enumerate(self._offices):
            end, own = office.first + office.properties, office.properties
            agent = f"Agent {office.agent + 1}"
            by = [(self._coordinator(at, which), "") for which in (0, 1)]
            for user in range(office.first * people // total, end * people // total):
                transmits = user % _A_TRANSMITTER == 0
                first, second = user % own, (user + 1) % own
                yield _Place(
                    role="transmitter" if transmits else "user",
                    organisation=agent,
                    properties=[] if transmits else [office.first + n for n in {first, second}],
                    certified=by[user % 2 : user % 2 + 1],
                )

    def _tied(self, first: int, last: int) -> range:
        """The offices that look after any of the properties from *first* to *last*."""
        return range(bisect_left(self._firsts, first + 1) - 1, bisect_left(self._firsts, last + 1))

    def _coordinator(self, office: int, which: int = 0) -> str:
        return person_id("M", 2 * office + which)

    def _rows(self, number: int, place: _Place) -> Rows:
        drawn = mixed(self._seed, number)
        state = self._states[drawn % len(self._states)]
        who, said = person_id(_PREFIX[place.kind], number), self._certified(place, state)
        return {
            "people": [self._said(who, place, state, drawn >> 10)],
            "roles": [(who, role, "") for role in self._holds[place.role]],
            "property_assignments": [(who, _property(at)) for at in place.properties],
            "contract_assignments": [(who, _contract(at)) for at in place.contracts],
            "business_partners": [(who, _property(at)) for at in place.bpr],
            "staff": [(by, who) for by, _ in place.certified],
            "certifications": [(who, by, day) for by, day in said if day],
        }

    def _said(self, who: str, place: _Place, state: State, drawn: int) -> Sequence[str]:
        created = _JUST_CREATED if state["certified"] == "never" else _CREATED
        return (
            who,
            self._populations[place.kind],
            YES if place.role == "coordinator" else "",
            self._before(created),
            YES if state.get("terminated") else "",
            self._drawn(state["wass"], drawn),
            self._drawn(state["password"], drawn >> 9),
            self._drawn(state["idle"], drawn >> 18),
            "" if state.get("unread") else self._drawn(state["accepted"], drawn >> 27),
            place.organisation,
        )

    def _certified(self, place: _Place, state: State) -> Iterator[tuple[str, str]]:
        """Each certifier with the day of the request; users' state says which window it was in."""
        for by, when in place.certified:
            yield by, self._requested[place.kind, when or state["certified"]]

    def _drawn(self, reach: Sequence[int], drawn: int) -> str:
        first, last = reach
        return self._before(first + drawn % (last - first + 1))

    def _before(self, days: int) -> str:
        if days not in self._days:
            self._days[days] = (self._today - timedelta(days=days)).isoformat()
        return self._days[days]


def _typical(measured: Sequence[int]) -> int:
    """How many properties the agent of a property has in the mean, rounded up."""
    return -(-sum(size * size for size in measured) // sum(measured))


def _states() -> list[State]:
    """The state of each of a thousand users."""
    said = about("nation.yaml")
    return [said["in_order"] | each for each in said["users"] for _ in range(each["share"])]


def _property(at: int) -> str:
    return str(_FIRST_PROPERTY + at)


def _contract(at: int) -> str:
    return f"US39{at:07}"
