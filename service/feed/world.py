"""The demo world: real properties, contracts and agents of Washington, DC; invented people.

Deterministic: the same day of loading gives the same world.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from service.core.calendar import Calendar, CertificationWindow
from service.core.catalogue import Catalogue
from service.core.findings import Findings
from service.core.strict_yaml import read_mapping
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid

FOLDER = Path(__file__).resolve().parents[2] / "demo"
PEOPLE_FILE = "people.yaml"
_CREATED = 2000  # days before the day of loading
_BUREAU_SERVES = 3  # the largest agents
_UNCERTIFIED_AGENTS = 5  # that have not certified the contract administrator's staff


@dataclass(frozen=True, slots=True)
class Ground:
    """The real part: the properties and the contracts of each agent."""

    properties: Mapping[int, PropertySaid]
    contracts: frozenset[tuple[str, int]]
    administered: frozenset[str]

    def by_agent(self) -> list[tuple[str, list[int]]]:
        """Agents with their properties, the largest first."""
        agents: dict[str, list[int]] = {}
        for property_id in sorted(self.properties):
            agents.setdefault(self.properties[property_id].organisation, []).append(property_id)
        return sorted(agents.items(), key=lambda agent: (-len(agent[1]), agent[0]))


def read_ground() -> Ground:
    """The active contracts of the topology, with their properties."""
    with (FOLDER / "dc_tracs_topology.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["contract_active"] == "Yes"]
    rows = [row for row in rows if row["contract_number"]]
    return Ground(
        {
            int(row["property_id"]): PropertySaid(
                property_id=int(row["property_id"]),
                name=row["property_name"],
                city=row["city"],
                state=row["state"],
                organisation=row["mgmt_agent_org_name"],
            )
            for row in rows
        },
        frozenset((row["contract_number"], int(row["property_id"])) for row in rows),
        frozenset(row["contract_number"] for row in rows if row["pbca"] == "Yes"),
    )


class World:
    """Invents the people of *ground* as of *today*; `extract` is what WASS would say of it all."""

    def __init__(self, ground: Ground, calendar: Calendar, book: Catalogue, today: str) -> None:
        self._ground = ground
        self._calendar = calendar
        self._catalogue = book
        self._today = date.fromisoformat(today)
        said = about()
        self._populations: Mapping[str, str] = said["populations"]
        self._holds: Mapping[str, list[str]] = said["roles"]
        self._states: Iterator[Mapping[str, Any]] = cycle(said["users"])
        self._people: dict[str, PersonSaid] = {}
        self._roles: dict[tuple[str, str], str] = {}
        self._properties: set[tuple[str, int]] = set()
        self._contracts: set[tuple[str, str]] = set()
        self._bpr: set[tuple[str, int]] = set()
        self._staff: set[tuple[str, str]] = set()
        self._certified: set[CertificationSaid] = set()

    def extract(self) -> Extract:
        """Everything WASS would say of this world, and the requests made in it."""
        self._agents()
        self._contract_administrator()
        self._service_bureau()
        self._hud()
        return Extract(
            people=self._people,
            roles=self._roles,
            properties=self._ground.properties,
            contracts=self._ground.contracts,
            property_assignments=frozenset(self._properties),
            contract_assignments=frozenset(self._contracts),
            business_partners=frozenset(self._bpr),
            staff=frozenset(self._staff),
            certifications=frozenset(self._certified),
        )

    def _agents(self) -> None:
        """Two coordinators an agent; as many users as properties, and one more."""
        number = 0
        for agent, (name, properties) in enumerate(self._ground.by_agent()):
            for which in (1, 2):
                idle = 100 if (agent, which) == (1, 2) else 1 + 7 * agent % 60
                coordinator = f"M9{agent:03}{which}"
                self._person(
                    coordinator, "agents", "coordinator", {"idle": idle, "accepted": 50}, name
                )
                self._bpr |= {(coordinator, property_id) for property_id in properties}
            for index in range(len(properties) + 1):
                number += 1
                state = next(self._states)
                role = "user" if index < len(properties) else "transmitter"
                user = self._person(f"M1{number:04}", "agents", role, state, name)
                if role == "user":
                    own = {properties[index], properties[(index + 1) % len(properties)]}
                    self._properties |= {(user, property_id) for property_id in own}
                self._certify(user, f"M9{agent:03}{1 + index % 2}", state.get("certified", ""))

    def _contract_administrator(self) -> None:
        """Three people with every administered contract; some agents have not certified them."""
        for number in (1, 2, 3):
            state = {"idle": number, "accepted": 40 * number}
            name = "Invented Contract Administration"
            user = self._person(f"M2000{number}", "agents", "user", state, name)
            self._contracts |= {(user, contract) for contract in self._ground.administered}
            serving = {
                p
                for contract, p in self._ground.contracts
                if contract in self._ground.administered
            }
            tied = [n for n, (_, own) in enumerate(self._ground.by_agent()) if serving & set(own)]
            for agent in tied[:-_UNCERTIFIED_AGENTS]:
                self._certify(user, f"M9{agent:03}1", "current")

    def _service_bureau(self) -> None:
        """Three employees over the three largest agents; two of these certified the third."""
        agents = self._ground.by_agent()[:_BUREAU_SERVES]
        for number in (1, 2, 3):
            state = {"idle": number, "accepted": 70}
            user = self._person(
                f"M3000{number}", "agents", "user", state, "Invented Service Bureau"
            )
            self._properties |= {(user, p) for _, own in agents for p in own}
            for agent in range(len(agents)):
                missing = number == len(agents) and agent == len(agents) - 1
                self._certify(user, f"M9{agent:03}1", "past" if missing else "current")

    def _hud(self) -> None:
        """A certifier with staff and contractors, and the help desk."""
        name = "Invented HUD office"
        certifier = self._person(
            "H20001", "staff", "coordinator", {"idle": 4, "accepted": 80}, name
        )
        other = self._person("H20002", "staff", "coordinator", {"idle": 8, "accepted": 80}, name)
        self._certify(certifier, other, "current")
        self._certify(other, certifier, "current")
        for number, state in zip(range(1, 9), cycle(about()["users"]), strict=False):
            kind = "staff" if number % 2 else "contractors"
            person_id = f"{'H' if number % 2 else 'C'}1000{number}"
            self._person(person_id, kind, "user", state, name)
            self._certify(person_id, certifier, state["certified"])
        self._person("H30001", "staff", "help_desk", {"idle": 1, "accepted": 30}, name)

    def _person(
        self, person_id: str, kind: str, role: str, state: Mapping[str, Any], organisation: str
    ) -> str:
        never = state.get("certified") == "never"
        self._people[person_id] = PersonSaid(
            id=person_id,
            population=self._populations[kind],
            coordinator=role == "coordinator",
            created_on=self._before(5 if never else _CREATED),
            terminated=state.get("terminated", False),
            wass_last_access_on=self._before(state.get("wass", 1)),
            password_changed_on=self._before(state.get("password", 20)),
            last_activity_on=self._before(state["idle"]),
            rob_accepted_on=self._before(state["accepted"]),
            organisation=organisation,
        )
        self._roles |= {(person_id, code): "" for code in self._holds[role]}
        return person_id

    def _certify(self, user: str, coordinator: str, when: str) -> None:
        """A request in the window that counts now, in one before it, or none at all."""
        self._staff.add((coordinator, user))
        windows = self._catalogue.populations[self._people[user].population].windows
        day = certified_on(when, self._calendar, windows, self._today)
        if day:
            self._certified.add(CertificationSaid(user, coordinator, day))

    def _before(self, days: int) -> str:
        return (self._today - timedelta(days=days)).isoformat()


def certified_on(when: str, calendar: Calendar, windows: str, today: date) -> str:
    """The day of a request in the window that counts now, or before it; '' for none at all."""
    closed = _closed(calendar, windows, today.isoformat())
    day = today - timedelta(days=20)
    if when == "past" and closed:
        day = date.fromisoformat(closed.opens) - timedelta(days=30)
    elif closed:
        day = max(day, date.fromisoformat(closed.opens))
    return day.isoformat() if when in ("current", "past") else ""


def _closed(calendar: Calendar, windows: str, today: str) -> CertificationWindow | None:
    closed = [w for w in calendar.opened(windows, today) if w.closes < today]
    return closed[-1] if closed else None


def about(file: str = PEOPLE_FILE) -> Mapping[str, Any]:
    """What a file of the demo's folder says of its people."""
    findings = Findings()
    said = read_mapping(file, (FOLDER / file).read_text(encoding="utf-8"), findings)
    findings.raise_if_any()
    return said


def window_population(book: Catalogue) -> str:
    """The windows the demo's agents live under."""
    return book.populations[about()["populations"]["agents"]].windows
