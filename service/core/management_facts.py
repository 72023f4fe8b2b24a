"""What the rules of the Recertification subsystem may know: who acts, on whom, and with what."""

from dataclasses import dataclass

from service.core.facts import Dated, Group, Kind, fact
from service.core.login_facts import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody(Group):
    """A person of the subsystem, on whichever side of a call."""

    windows: str = fact(
        Kind.CODE,
        "The windows the person's population is certified in, as in roles.yaml.",
        codes="windows",
    )
    coordinator: bool = fact(
        Kind.YES_NO,
        "The person is a coordinator, or inside HUD a certifier (`r.user.coordinator`).",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Somebody):
    """The person who acts."""

    roles: tuple[str, ...] = fact(
        Kind.CODES, "The roles held today, but for those a matured flag took.", codes="roles"
    )
    terminated: bool = fact(Kind.YES_NO, "WASS says the account is terminated.")
    menu_reasons: tuple[str, ...] = fact(
        Kind.CODES,
        "Every reason the login rules give today for the person at the menu.",
        codes="reasons",
    )
    in_own_name: bool = fact(
        Kind.YES_NO, "The coordinator the call speaks of is the person who acts."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Somebody):
    """The person something is done to or shown of."""

    named: bool = fact(Kind.YES_NO, "The call names a person.")
    known: bool = fact(Kind.YES_NO, "Gatehouse knows a person with the ID named.")
    same_as_actor: bool = fact(Kind.YES_NO, "The person named is the one who acts.")
    assigned: bool = fact(
        Kind.YES_NO, "The person is assigned staff of the coordinator the call speaks of."
    )
    login_reasons: tuple[str, ...] = fact(
        Kind.CODES,
        "Every reason the login rules give today for the person at the page of the Rules of"
        " Behavior.",
        codes="reasons",
    )
    shares_property: bool = fact(
        Kind.YES_NO, "The actor has a business partner relationship for a property of the person."
    )
    global_roles_only: bool = fact(
        Kind.YES_NO,
        "Of the roles that open an entry the person holds only such as no assignment narrows.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagging(Group):
    """The roles and actions a call wants to flag."""

    confirmed: bool = fact(Kind.YES_NO, "The warning was answered with Yes.")
    items_held: bool = fact(Kind.YES_NO, "The person holds every role or action named.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Group):
    """The flags a call wants to withdraw."""

    queued: bool = fact(
        Kind.YES_NO,
        "On every role or action named there is a flag of the actor's that is neither withdrawn"
        " nor in effect yet.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Group):
    """The limit on how many coordinators may request for one person (calendar.yaml)."""

    coordinators: int = fact(Kind.COUNT, "How many different coordinators; 0 without a limit.")
    until: str = fact(Kind.DAY, "The last day of the limit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requesting(Group):
    """The request for recertification that is about to be made."""

    coordinators: int = fact(
        Kind.COUNT,
        "How many different coordinators have requests for the person within the days of the"
        " limit, today included, counting this one.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered(Group):
    """The properties of the person that the request covers."""

    reasons: tuple[str, ...] = fact(
        Kind.CODES,
        "Every reason the property rules give today for any of them at the menu.",
        codes="reasons",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorFacts(Group):
    """What a rule of open_subsystem.csv may know."""

    asked: str = fact(Kind.CODE, "The action asked for, by its rule file.", codes="actions")
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorFacts(Dated):
    """What a rule may know about an action that names nobody."""

    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts(ActorFacts):
    """What a rule may know about an action that names a person."""

    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagFacts(TargetFacts):
    """What a rule of flag.csv may know."""

    flag: Flagging


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawFacts(TargetFacts):
    """What a rule of withdraw_flag.csv may know."""

    flag: Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyFacts(TargetFacts):
    """What a rule of certify.csv may know."""

    limit: Limit
    request: Requesting


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFacts(Dated):
    """What a rule of certification_counts.csv may know."""

    target: Target
    window: Window
    covered: Covered
