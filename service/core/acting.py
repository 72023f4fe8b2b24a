"""From evidence to the facts of a management call: who acts, on whom. Measures, never judges."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from service.core.actions import ACTIONS
from service.core.calendar import Calendar
from service.core.call import Call
from service.core.management_facts import (
    Actor,
    ActorFacts,
    CertifyFacts,
    FlagFacts,
    Flagging,
    Limit,
    Requesting,
    Target,
    TargetFacts,
    Withdrawal,
    WithdrawFacts,
)
from service.core.measure import Person
from service.core.standing import Flag

#: The facts about nobody: the call names no person.
NO_ONE = Target(
    named=False,
    known=False,
    same_as_actor=False,
    assigned=False,
    windows="",
    coordinator=False,
    login_reasons=(),
    shares_property=False,
    global_roles_only=False,
)


@dataclass(frozen=True, slots=True)
class Named:
    """The person a call names (None when unknown), and what ties that person to the actor."""

    person: Person | None
    login_reasons: tuple[str, ...]
    assigned: bool
    shares_property: bool


def actor_of(person: Person | None, menu_reasons: tuple[str, ...], call: Call) -> Actor:
    """The facts about who acts; *person* is None when nobody is known under the ID."""
    return Actor(
        roles=tuple(sorted(person.roles)) if person else (),
        windows=person.windows if person else "",
        coordinator=person is not None and person.coordinator,
        terminated=person is not None and person.standing.terminated,
        menu_reasons=menu_reasons,
        in_own_name=call.coordinator == call.actor_id,
    )


def management_facts(
    call: Call, actor: Actor, named: Named | None, calendar: Calendar, today: str
) -> ActorFacts:
    """What the rules of the action of *call* may know; *named* is None when it names nobody."""
    kind = ACTIONS[call.action]
    assert issubclass(kind, ActorFacts), f"{call.action} is no action of the subsystem"
    person = named.person if named else None
    more: dict[str, Any] = {}
    if issubclass(kind, TargetFacts):
        more["target"] = target_of(named, call)
    if issubclass(kind, FlagFacts):
        more["flag"] = _flagging(person, call)
    if issubclass(kind, WithdrawFacts):
        more["flag"] = _withdrawal(person, call)
    if issubclass(kind, CertifyFacts):
        more |= {"limit": _limit(calendar), "request": _requesting(person, call)}
    return kind(today=today, actor=actor, **more)


def target_of(named: Named | None, call: Call) -> Target:
    """The facts about the person *named*."""
    if named is None:
        return NO_ONE
    person = named.person
    if person is None:
        return replace(NO_ONE, named=True)
    return Target(
        named=True,
        known=True,
        same_as_actor=person.standing.person_id == call.actor_id,
        assigned=named.assigned,
        windows=person.windows,
        coordinator=person.coordinator,
        login_reasons=named.login_reasons,
        shares_property=named.shares_property,
        global_roles_only=person.global_roles_only,
    )


def queued_flags(person: Person) -> list[Flag]:
    """The flags on *person* that are neither withdrawn nor in effect yet."""
    days = ((flag, effective_on(person, flag.on)) for flag in person.standing.flags)
    return [flag for flag, day in days if day is None or day > person.today]


def own_flags(person: Person, call: Call) -> list[Flag]:
    """Those of them that the actor of *call* set; of one flag named that one alone."""
    return [
        flag
        for flag in queued_flags(person)
        if flag.by == call.actor_id and call.flag_id in (None, flag.number)
    ]


def effective_on(person: Person, day: str) -> str | None:
    """When a flag of *day* on *person* takes effect; None while no window is announced."""
    window = person.calendar.open_or_next(person.windows, day)
    return window.matures_on if window else None


def _flagging(person: Person | None, call: Call) -> Flagging:
    held = person is not None and person.roles >= set(call.items)
    return Flagging(confirmed=call.confirm, items_held=held)


def _withdrawal(person: Person | None, call: Call) -> Withdrawal:
    own = {flag.item for flag in own_flags(person, call)} if person else set()
    return Withdrawal(queued=own >= set(call.items))


def _limit(calendar: Calendar) -> Limit:
    limit = calendar.weekly_limit
    return Limit(coordinators=limit.coordinators, until=limit.until)


def _requesting(person: Person | None, call: Call) -> Requesting:
    if person is None:
        return Requesting(coordinators=0)
    days = timedelta(days=person.calendar.weekly_limit.days)
    before = (date.fromisoformat(person.today) - days).isoformat()
    lately = {r.by for r in person.standing.requests if before < r.on <= person.today}
    return Requesting(coordinators=len(lately | {call.actor_id}))
