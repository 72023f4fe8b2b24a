"""From evidence to facts: counts days, looks up codes and dates. Measures, never judges."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from service.core.calendar import Calendar
from service.core.catalogue import Catalogue, Population
from service.core.elapsed import days_between, window_on, years_between
from service.core.holdings import assigned_to, coordinates, only_global, properties_of
from service.core.login_facts import Contract, LoginFacts, Property, PropertyFacts, User, Window
from service.core.nobody import NO_CONTRACT, NO_PROPERTY
from service.core.removal import NOTHING, Removals, in_force, removals
from service.core.standing import Request, Standing

#: The facts that may differ from one entry to another; all others are the person's or the day's.
ENTRY = "entry"
AT_AN_ENTRY = frozenset({ENTRY, "user.entry_role_held", "user.entry_role_removed"})


@dataclass(frozen=True)
class Person:
    """One person measured on one day."""

    standing: Standing
    last_activity_on: str
    calendar: Calendar
    catalogue: Catalogue
    today: str

    def at(self, entry: str) -> LoginFacts:
        """The facts for the login rules at *entry*."""
        user = self._user(*self.opened(entry))
        return LoginFacts(today=self.today, entry=entry, user=user, window=self.window)

    def opened(self, entry: str) -> tuple[bool, bool]:
        """Whether a role is held that opens *entry*, and whether a flag took one."""
        opening = self.catalogue.opening(entry)
        return not opening.isdisjoint(self.roles), not opening.isdisjoint(self._removals.whole)

    def opening(self, login: LoginFacts, property_id: int | None, contract: str) -> PropertyFacts:
        """The facts for the property rules: *login*'s, and those of one property or none."""
        return PropertyFacts(
            today=login.today,
            entry=login.entry,
            user=login.user,
            window=login.window,
            contract=self._contract(contract),
            property=self.property_at(login.entry, property_id),
        )

    def property_at(self, entry: str, property_id: int | None) -> Property:
        """The facts of one property or none, for whoever is at *entry*."""
        if property_id is None:
            return NO_PROPERTY
        opening = self.catalogue.opening(entry)
        gone = {code for code in opening if self._gone_for(property_id, code)}
        return Property(
            named=True,
            assigned=property_id in self._assigned,
            own_bpr=property_id in self.standing.bpr,
            role_removed=bool(gone) and not opening & self._listed - gone,
            certified_on=_latest(
                r.on for r in self.counting if r.everywhere or property_id in r.covers
            ),
        )

    def properties_alike(self) -> list[AbstractSet[int]]:
        """The properties of the person, those together whose facts are equal at every entry."""
        return self.alike(self.properties)

    def alike(self, properties: AbstractSet[int]) -> list[AbstractSet[int]]:
        """Any *properties*, those together whose facts are equal for the person at every entry.

        Thousands of properties are a few groups: what tells them apart are sets of them.
        """
        groups: list[AbstractSet[int]] = [properties] if properties else []
        for telling in self._telling_apart:
            groups = [part for group in groups for part in _parted(group, telling)]
        return groups

    @property
    def _telling_apart(self) -> Iterable[AbstractSet[int]]:
        covered = (r.covers for r in self.counting if not r.everywhere)
        taken = self._removals.properties.values()
        own: tuple[AbstractSet[int], ...] = (self._assigned, self.standing.bpr)
        return dict.fromkeys(map(frozenset, (*own, *covered, *taken)))

    @cached_property
    def properties(self) -> frozenset[int]:
        """The properties of the person: assigned, by contract, and a coordinator's own."""
        return properties_of(self.standing, self.catalogue)

    @property
    def property_scope(self) -> bool:
        """Whether access is a matter of properties for the person's population."""
        return self._population.property_scope

    @cached_property
    def coordinator(self) -> bool:
        """Whether the person is a coordinator, or inside HUD a certifier."""
        return coordinates(self.standing, self.catalogue)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The codes of the roles and actions held today; a matured flag may have taken some."""
        return self._listed - self._removals.whole

    @property
    def global_roles_only(self) -> bool:
        """Whether the only roles held that open an entry are such as no assignment narrows."""
        return only_global(self.roles, self.catalogue)

    @cached_property
    def counting(self) -> list[Request]:
        """The requests for the person up to today that count."""
        return [r for r in self.standing.requests if r.counts and r.on <= self.today]

    @property
    def windows(self) -> str:
        """The windows the person's population is certified in."""
        return self._population.windows

    @cached_property
    def window(self) -> Window:
        """The windows of the person's population that have opened."""
        return window_on(self.calendar, self.windows, self.today)

    @property
    def _population(self) -> Population:
        return self.catalogue.populations[self.standing.population]

    @cached_property
    def _assigned(self) -> frozenset[int]:
        return assigned_to(self.standing)

    @cached_property
    def _removals(self) -> Removals:
        if not self.standing.flags:
            return NOTHING
        return removals(self.standing, self.properties, self.calendar, self.catalogue, self.today)

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(r.code for r in self.standing.roles if in_force(r, self.today))

    def _user(self, held: bool, removed: bool) -> User:
        """The facts of the person at an entry that a role *held* opens, or a role *removed*."""
        made = self._users.get((held, removed))
        if made is None:
            made = self._users[held, removed] = User(
                entry_role_held=held, entry_role_removed=removed, **self._anywhere
            )
        return made

    @cached_property
    def _users(self) -> dict[tuple[bool, bool], User]:
        """Those facts as far as they have been asked for: most entries are open to the same."""
        return {}

    @cached_property
    def _anywhere(self) -> dict[str, Any]:
        """Those that are the same at every entry."""
        return {name: measured(self) for name, measured in _ANYWHERE.items()}

    def _contract(self, number: str) -> Contract:
        if not number:
            return NO_CONTRACT
        return Contract(named=True, assigned=number in self.standing.contracts)

    def _gone_for(self, property_id: int, code: str) -> bool:
        taken = self._removals
        if self.catalogue.roles[code].everywhere:
            return code in taken.whole
        return property_id in taken.properties.get(code, ())


def fact_of(path: str) -> Callable[[Person], Any]:
    """How the fact that rules call *path* is measured alone; it is none of AT_AN_ENTRY."""
    group, _, name = path.partition(".")
    return _ANYWHERE[name] if group == "user" else attrgetter(path)


def _used_on(person: Person) -> str:
    standing = person.standing
    used = max(person.last_activity_on, _until_today(standing.unlocked_on, person))
    return used or max(standing.created_on, person.calendar.tracking_began_on)


def _until_today(day: str, person: Person) -> str:
    return day if day <= person.today else ""


def _parted(group: AbstractSet[int], telling: AbstractSet[int]) -> list[AbstractSet[int]]:
    inside = group & telling
    if not inside or len(inside) == len(group):
        return [group]
    return [inside, group - telling]


def _latest(days: Iterable[str]) -> str:
    return max(days, default="")


#: How each fact of a user is measured, but for those of AT_AN_ENTRY.
_ANYWHERE: dict[str, Callable[[Person], Any]] = {
    "known": lambda person: True,
    "population": attrgetter("standing.population"),
    "coordinator": attrgetter("coordinator"),
    "terminated": attrgetter("standing.terminated"),
    "wass_days_idle": lambda person: days_between(
        person.standing.wass_last_access_on, person.standing.wass_spoke_on
    ),
    "password_days": lambda person: days_between(
        person.standing.password_changed_on, person.standing.wass_spoke_on
    ),
    "days_idle": lambda person: days_between(_used_on(person), person.today),
    "created_on": attrgetter("standing.created_on"),
    "certified_on": lambda person: _latest(request.on for request in person.counting),
    "rob_accepted_on": lambda person: _until_today(person.standing.rob_accepted_on, person),
    "rob_years": lambda person: years_between(person.standing.rob_accepted_on, person.today),
}
