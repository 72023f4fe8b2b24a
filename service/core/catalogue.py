"""The catalogue: populations and roles (roles.yaml), entries and other systems (systems.yaml)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.core.actions import MANAGEMENT
from service.core.api_facts import CALLS, SCOPES
from service.core.findings import Findings
from service.core.strict_yaml import Shape, read_mapping

ROLES_FILE = "roles.yaml"
SYSTEMS_FILE = "systems.yaml"
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Population:
    """People under the same windows; with property scope, access is a matter of properties."""

    windows: str
    property_scope: bool
    coordinator_needs_bpr: bool


@dataclass(frozen=True, slots=True)
class Role:
    """A role of WASS: the entries it opens and whether assignments narrow it.

    *action*: WASS lists it as an action that stands alone, not as a role.
    """

    opens: frozenset[str]
    property_assignment: bool
    contract_assignment: bool
    action: bool = False

    @property
    def everywhere(self) -> bool:
        """No assignment narrows the role: it holds for all properties or for none."""
        return not (self.property_assignment or self.contract_assignment)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the doors that are governed."""

    rob_page: bool
    names_properties: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that has a code, by its code."""

    populations: Mapping[str, Population]
    roles: Mapping[str, Role]
    entries: Mapping[str, Entry]
    outside: frozenset[str]
    test_environments: frozenset[str]
    _opening: Mapping[str, frozenset[str]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        opening: dict[str, frozenset[str]] = {}
        for code, role in self.roles.items():
            for entry in role.opens:
                opening[entry] = opening.get(entry, frozenset()) | {code}
        object.__setattr__(self, "_opening", opening)

    @property
    def rob_entry(self) -> str:
        """The entry at which the Rules of Behavior are shown and accepted."""
        return next(code for code, entry in self.entries.items() if entry.rob_page)

    @property
    def menu_entry(self) -> str:
        """The entry at which a property or contract may be named."""
        return next(code for code, entry in self.entries.items() if entry.names_properties)

    def opening(self, entry: str) -> frozenset[str]:
        """The roles that open *entry*."""
        return self._opening.get(entry, frozenset())

    def codes(self) -> dict[str, frozenset[str]]:
        """The lists of codes a rule's constants may come from."""
        return {
            "populations": frozenset(self.populations),
            "windows": frozenset(each.windows for each in self.populations.values()),
            "roles": frozenset(self.roles),
            "entries": frozenset(self.entries),
            "actions": frozenset(MANAGEMENT),
            "calls": frozenset(CALLS),
            "scopes": frozenset(SCOPES),
        }


def read_catalogue(roles: str, systems: str, findings: Findings) -> Catalogue:
    """Read both files; what is wrong goes to *findings*."""
    role_file = Shape(ROLES_FILE, read_mapping(ROLES_FILE, roles, findings), findings)
    system_file = Shape(SYSTEMS_FILE, read_mapping(SYSTEMS_FILE, systems, findings), findings)
    role_file.only("populations", "roles")
    system_file.only("entries", "outside", "test_environments")
    catalogue = Catalogue(
        populations={c: _population(s) for c, s in _coded(role_file, "populations")},
        roles={c: _role(s) for c, s in _coded(role_file, "roles")},
        entries={c: _entry(s) for c, s in _coded(system_file, "entries")},
        outside=frozenset(c for c, s in _coded(system_file, "outside") if _named(s)),
        test_environments=frozenset(
            c for c, s in _coded(system_file, "test_environments") if _named(s)
        ),
    )
    _cross_check(catalogue, role_file, system_file)
    return catalogue


def _coded(file: Shape, key: str) -> list[tuple[str, Shape]]:
    sections = file.inner_all(key)
    for code, shape in sections.items():
        if not _CODE.fullmatch(code):
            shape.note(f"expected a code of letters, digits, `_` and `-`, found `{code}`")
    return list(sections.items())


def _population(shape: Shape) -> Population:
    shape.only("meaning", "windows", "property_scope", "coordinator_needs_bpr", "authority")
    shape.text("meaning")
    shape.text("authority")
    return Population(
        shape.text("windows"), shape.yes("property_scope"), shape.yes("coordinator_needs_bpr")
    )


def _role(shape: Shape) -> Role:
    shape.only(
        "meaning", "opens", "property_assignment", "contract_assignment", "action", "authority"
    )
    shape.text("meaning")
    shape.text("authority")
    return Role(
        frozenset(shape.texts("opens")),
        shape.yes("property_assignment"),
        shape.yes("contract_assignment"),
        shape.yes("action"),
    )


def _entry(shape: Shape) -> Entry:
    shape.only("meaning", "rob_page", "names_properties", "authority")
    shape.text("meaning")
    shape.text("authority")
    return Entry(shape.yes("rob_page"), shape.yes("names_properties"))


def _named(shape: Shape) -> bool:
    shape.only("meaning", "authority")
    return bool(shape.text("meaning") and shape.text("authority"))


def _cross_check(catalogue: Catalogue, roles: Shape, systems: Shape) -> None:
    for code, shape in roles.inner_all("roles").items():
        for entry in sorted(catalogue.roles[code].opens - set(catalogue.entries)):
            shape.note(f"role {code} opens `{entry}`, which {SYSTEMS_FILE} does not list", "opens")
    for mark in ("rob_page", "names_properties"):
        marked = [code for code, entry in catalogue.entries.items() if getattr(entry, mark)]
        if len(marked) != 1:
            systems.note(f"expected exactly one entry with `{mark}: true`, found {len(marked)}")
    others = catalogue.outside | catalogue.test_environments
    for code in sorted(others & set(catalogue.entries)):
        systems.note(f"`{code}` is an entry and cannot be another system too")
    for code in sorted(catalogue.outside & catalogue.test_environments):
        systems.note(f"`{code}` is listed as outside and as a test environment")
