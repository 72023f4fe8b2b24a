"""What the rules of a login, of a property and of another system may know."""

from dataclasses import dataclass

from service.core.facts import Dated, Group, Kind, fact


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
    open: bool = fact(Kind.YES_NO, "One of them is open today.")


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
class LoginFacts(Dated):
    """What a rule of login.csv may know."""

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
