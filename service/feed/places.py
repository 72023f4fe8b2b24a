"""Where the people of a nation work: everybody a place, one after the other."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from service.feed.numbered import mixed, person_id
from service.feed.topology import administrators, offices, sizes

_EMPLOYEES = 3  # of a contract administrator, and of a service bureau
_AGENTS_A_BUREAU, _BUREAU_SERVES = 50, 3
_HUD, _A_CERTIFIER = 0.015, 200  # HUD's own among all, and how many of them one certifies
_A_TRANSMITTER, _A_CONTRACTOR, _UNCERTIFIED = 20, 3, 10  # one in so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody works: with which properties and contracts, certified by whom and when."""

    kind: str = "agents"
    role: str = "user"
    organisation: str
    properties: Sequence[int] = ()
    contracts: Sequence[int] = ()
    bpr: Sequence[int] = ()
    certified: Sequence[tuple[str, str]] = ()


class Places:
    """The places of so many *people*, whose number in this order is that of their ID."""

    def __init__(self, people: int, measured: Sequence[int], seed: int) -> None:
        """*measured*: the properties of each agent of the topology."""
        self.sizes = sizes(people, measured)
        self._number, self._seed = people, seed
        self._offices = offices(self.sizes, _typical(measured))
        self._firsts = [office.first for office in self._offices]

    def __iter__(self) -> Iterator[Place]:
        yield from self._coordinators()
        serving = [*self._administrators(), *self._bureaus()]
        yield from serving
        hud = round(self._number * _HUD)
        first = 2 * len(self._offices) + len(serving)
        yield from self._hud(first, hud)
        yield from self._users(self._number - first - hud)

    def _coordinators(self) -> Iterator[Place]:
        """Two for each office, with relationships for all its properties."""
        for office in self._offices:
            own = range(office.first, office.first + office.properties)
            agent = f"Agent {office.agent + 1}"
            yield from [Place(role="coordinator", organisation=agent, bpr=own)] * 2

    def _administrators(self) -> Iterator[Place]:
        """Some people with all contracts of each; not every office has certified them."""
        for number, own in enumerate(administrators(sum(self.sizes)), 1):
            tied = self._tied(own[0], own[-1])
            certified = [
                (self._coordinator(at), "current")
                for at in tied
                if mixed(self._seed, at) % _UNCERTIFIED
            ]
            name = f"Contract administrator {number}"
            yield from [Place(organisation=name, contracts=own, certified=certified)] * _EMPLOYEES

    def _bureaus(self) -> Iterator[Place]:
        """Some people with all properties of three agents; one of them is not certified by all."""
        ends = [0, *accumulate(self.sizes)]
        for number in range(max(1, len(self.sizes) // _AGENTS_A_BUREAU)):
            served = ends[number * _BUREAU_SERVES : (number + 1) * _BUREAU_SERVES + 1]
            tied = [self._coordinator(at) for at in self._tied(served[0], served[-1] - 1)]
            for employee in range(_EMPLOYEES):
                missing = len(tied) - (employee == _EMPLOYEES - 1)
                when = ["current"] * missing + ["past"] * (len(tied) - missing)
                yield Place(
                    organisation=f"Service bureau {number + 1}",
                    properties=range(served[0], served[-1]),
                    certified=list(zip(tied, when, strict=True)),
                )

    def _hud(self, first: int, people: int) -> Iterator[Place]:
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
            yield Place(kind=kind, role=role, organisation="HUD", certified=certified)

    def _users(self, people: int) -> Iterator[Place]:
        """Users of every office by the number of its properties, two properties each."""
        total = sum(self.sizes)
        for at, office in enumerate(self._offices):
            end, own = office.first + office.properties, office.properties
            agent = f"Agent {office.agent + 1}"
            by = [(self._coordinator(at, which), "") for which in (0, 1)]
            for user in range(office.first * people // total, end * people // total):
                transmits = user % _A_TRANSMITTER == 0
                first, second = user % own, (user + 1) % own
                yield Place(
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


def _typical(measured: Sequence[int]) -> int:
    """How many properties the agent of a property has in the mean, rounded up."""
    return -(-sum(size * size for size in measured) // sum(measured))
