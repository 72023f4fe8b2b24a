"""What a rule may know. Facts measure, they never judge; each says its meaning and its unit.

Days are ISO text, '' when there is none. A meaning never changes: a new meaning is a new fact.
"""

from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The unit of a fact; it decides what a rule may compare it with."""

    YES_NO = "yes/no"
    COUNT = "count"
    DAY = "day"
    CODE = "code"


_PYTHON_TYPE: dict[Kind, type] = {
    Kind.YES_NO: bool,
    Kind.COUNT: int,
    Kind.DAY: str,
    Kind.CODE: str,
}


def fact(kind: Kind, meaning: str, *, codes: str = "") -> Any:
    """Declare one fact; *codes* names the list of the catalogue its constants come from."""
    return field(metadata={"kind": kind, "meaning": meaning, "codes": codes})


class Group:
    """Facts that belong together. Refuses any value whose type is not exactly the declared one."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, expected in _expected_types(type(self)):
            if type(getattr(self, name)) is not expected:
                raise TypeError(
                    f"fact {name}: expected {expected.__name__}, found `{getattr(self, name)!r}`"
                )


_TYPES: dict[type, tuple[tuple[str, type], ...]] = {}


def _expected_types(group: type) -> tuple[tuple[str, type], ...]:
    if group not in _TYPES:
        _TYPES[group] = tuple((each.name, _expected_type(each)) for each in fields(group))
    return _TYPES[group]


def _expected_type(declared: Field[Any]) -> type:
    if kind := declared.metadata.get("kind"):
        return _PYTHON_TYPE[kind]
    assert isinstance(declared.type, type), f"{declared.name} is neither a fact nor a group"
    return declared.type


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Group):
    """The person who asks to come in."""

    known: bool = fact(Kind.YES_NO, "Gatehouse knows a person with this ID.")
    population: str = fact(
        Kind.CODE, "The population the person belongs to, as in roles.yaml.", codes="populations"
    )
    coordinator: bool = fact(
        Kind.YES_NO,
        "WASS marks the person as coordinator (or certifier) and, where roles.yaml asks for one,"
        " a live business partner relationship stands behind the mark.",
    )
    terminated: bool = fact(Kind.YES_NO, "WASS says the account is terminated.")
    wass_days_idle: int = fact(
        Kind.COUNT,
        "Days from the last WASS access to the day WASS last spoke of the person;"
        " 0 when WASS gave no access day.",
    )
    password_days: int = fact(
        Kind.COUNT,
        "Days from the last change of the WASS password to the day WASS last spoke of the person;"
        " 0 when WASS gave none.",
    )
    entry_role_held: bool = fact(
        Kind.YES_NO, "A role that opens the entry asked for (roles.yaml) is held today."
    )
    entry_role_removed: bool = fact(
        Kind.YES_NO, "A matured flag took a role that opens the entry asked for."
    )
    days_idle: int = fact(
        Kind.COUNT,
        "Calendar days since the later of last activity and last unlock; without either, since the"
        " later of creation and the start of tracking (calendar.yaml).",
    )
    created_on: str = fact(Kind.DAY, "The day the account was created.")
    certified_on: str = fact(
        Kind.DAY, "The day of the latest request for recertification that counts, up to today."
    )
    rob_accepted_on: str = fact(Kind.DAY, "The day the Rules of Behavior were last accepted.")
    rob_years: int = fact(
        Kind.COUNT,
        "Whole calendar years since that acceptance (29 February: on 1 March); 0 when never.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Group):
    """The certification windows of the person's population that have opened by today."""

    first_opens_on: str = fact(Kind.DAY, "First day of the earliest of them.")
    closed_opens_on: str = fact(
        Kind.DAY, "First day of the latest of them whose last day has passed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Group):
    """The contract the question names, if any."""

    named: bool = fact(Kind.YES_NO, "The question names a contract.")
    assigned: bool = fact(Kind.YES_NO, "That contract is assigned to the person.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Property(Group):
    """The property that is judged."""

    named: bool = fact(Kind.YES_NO, "A property is judged, named itself or through its contract.")
    assigned: bool = fact(
        Kind.YES_NO, "The property, or a contract it belongs to, is assigned to the person."
    )
    own_bpr: bool = fact(
        Kind.YES_NO, "A live business partner relationship ties the person to the property."
    )
    role_removed: bool = fact(
        Kind.YES_NO, "A matured flag took a role that opens the entry, for this property."
    )
    certified_on: str = fact(
        Kind.DAY, "The day of the latest counting request that covers the property, up to today."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class System(Group):
    """A system that is not one of the entries (systems.yaml)."""

    outside: bool = fact(Kind.YES_NO, "The system is listed as outside what Gatehouse governs.")
    test_environment: bool = fact(Kind.YES_NO, "The system is listed as a test environment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFacts(Group):
    """What a rule of login.csv may know."""

    today: str = fact(Kind.DAY, "The day of the question, in the zone of calendar.yaml.")
    entry: str = fact(Kind.CODE, "The entry asked for, as in systems.yaml.", codes="entries")
    user: User
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyFacts(LoginFacts):
    """What a rule of open_property.csv may know."""

    contract: Contract
    property: Property


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFacts(Group):
    """What a rule of other_system.csv may know."""

    system: System


Facts = LoginFacts | PropertyFacts | SystemFacts

#: Every action a rule file may stand for, and what its rules may know.
ACTIONS: dict[str, type[LoginFacts] | type[PropertyFacts] | type[SystemFacts]] = {
    "login": LoginFacts,
    "open_property": PropertyFacts,
    "other_system": SystemFacts,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One fact as a rule writes it, with its unit, meaning and list of codes."""

    path: str
    kind: Kind
    meaning: str
    codes: str


def declared(action: str) -> dict[str, Declared]:
    """Every fact a rule of *action* may use, by the path a rule writes (`user.days_idle`)."""
    return {each.path: each for each in _walk(ACTIONS[action], "")}


def _walk(group: type, prefix: str) -> list[Declared]:
    found: list[Declared] = []
    for each in fields(group):
        if each.metadata:
            found.append(Declared(prefix + each.name, **each.metadata))
        else:
            found += _walk(_expected_type(each), f"{prefix}{each.name}.")
    return found


def as_groups(group: Group) -> dict[str, Any]:
    """The facts as plain nested dictionaries: what Casbin is asked with and the ledger keeps."""
    plain: dict[str, Any] = {}
    for name, _ in _expected_types(type(group)):
        value = getattr(group, name)
        plain[name] = as_groups(value) if isinstance(value, Group) else value
    return plain


def facts_table() -> str:
    """Every fact of every action as a Markdown table, for the authors' README."""
    uses: dict[Declared, list[str]] = {}
    for action in ACTIONS:
        for each in declared(action).values():
            uses.setdefault(each, []).append(f"`{action}`")
    lines = ["| fact | unit | meaning | in the rules of |", "|---|---|---|---|"]
    lines += [
        f"| `r.{each.path}` | {each.kind} | {each.meaning} | {', '.join(actions)} |"
        for each, actions in uses.items()
    ]
    return "\n".join(lines)
