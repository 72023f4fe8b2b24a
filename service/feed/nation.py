"""A nation for the demo: the topology of Washington grown, and invented people by the million.

Deterministic: the same number, seed and day of loading give the same nation. None of it is kept:
everybody is made from a number, one after the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from models.staging import YES
from service.core.calendar import Calendar
from service.core.catalogue import Catalogue
from service.feed.numbered import mixed, person_id
from service.feed.places import Place, Places
from service.feed.world import Ground, about, certified_on

FEWEST, MOST = 1_000, 10_000_000
_CREATED, _JUST_CREATED = 2_000, 5  # days before the day of loading
_CERTIFIED = ("current", "past", "never")
_FIRST_PROPERTY = 800_000_000
_PREFIX = {"agents": "M", "staff": "H", "contractors": "C"}
State = Mapping[str, Any]
Rows = Mapping[str, list[Sequence[str]]]


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
        self._places, self._seed = Places(people, measured, seed), seed
        self._today = date.fromisoformat(today)
        self._populations: Mapping[str, str] = said["populations"]
        self._holds: Mapping[str, list[str]] = said["roles"]
        self._states = _states()
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
        names = [f"Agent {n}" for n, own in enumerate(self._places.sizes, 1) for _ in range(own)]
        return {
            "properties": [
                (_property(at), f"Property {at + 1}", f"City {at % 997}", "", name)
                for at, name in enumerate(names)
            ],
            "contracts": [(_contract(at), _property(at)) for at in range(len(names))],
        }

    def people(self) -> Iterator[Rows]:
        """What there is to say of everybody, one person at a time."""
        for number, place in enumerate(self._places):
            yield self._rows(number, place)

    def _rows(self, number: int, place: Place) -> Rows:
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

    def _said(self, who: str, place: Place, state: State, drawn: int) -> Sequence[str]:
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

    def _certified(self, place: Place, state: State) -> Iterator[tuple[str, str]]:
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


def _states() -> list[State]:
    """The state of each of a thousand users."""
    said = about("nation.yaml")
    return [said["in_order"] | each for each in said["users"] for _ in range(each["share"])]


def _property(at: int) -> str:
    return str(_FIRST_PROPERTY + at)


def _contract(at: int) -> str:
    return f"US39{at:07}"
