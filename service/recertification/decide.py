"""From evidence to the outcome of a management call. Pure, as at the gate."""

from dataclasses import dataclass

from service.core.acting import Named, actor_of, management_facts
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.decision import Decision, refused_by
from service.core.login_facts import LoginFacts
from service.core.management_facts import ActorFacts, DoorFacts, TargetFacts
from service.core.measure import Person
from service.core.nobody import nobody_at
from service.login.decide import Evidence, measured
from service.login.options import at_the_door
from service.policy.active import Court
from service.recertification.gather import Gathered


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules of the action said of one person named ('' where the call names nobody)."""

    user_id: str
    facts: ActorFacts
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The decision and what it is made of.

    *entering* and *menu*: the facts and the answer of the login rules for the actor at the menu.
    *judged* is empty for an actor who is refused at the door.
    """

    decision: Decision
    entering: LoginFacts
    menu: Decision
    door: DoorFacts
    judged: tuple[Judged, ...]


def decide(call: Call, gathered: Gathered, court: Court, today: str) -> Outcome:
    """Judge *call* on what was *gathered*, on the day *today*."""
    acting = measured(gathered.about(call.actor_id), court, today)
    entering = entering_facts(acting, court, today)
    menu = court.judge("login", entering)
    actor = actor_of(acting, menu.codes, call)
    at_door = at_the_door(call.action, actor, court)
    judged: tuple[Judged, ...] = ()
    if at_door.allowed:
        named = _named(call, gathered, acting, court, today)
        facts = [
            (i, management_facts(call, actor, n, court.book.calendar, today)) for i, n in named
        ]
        judged = tuple(Judged(i, each, court.judge(call.action, each)) for i, each in facts)
    return Outcome(
        decision=_all_of([each.decision for each in judged]) if judged else at_door,
        entering=entering,
        menu=menu,
        door=DoorFacts(asked=call.action, actor=actor),
        judged=judged,
    )


def entering_facts(person: Person | None, court: Court, today: str) -> LoginFacts:
    """The facts of the login rules for *person* at the menu."""
    entry = court.book.catalogue.menu_entry
    return nobody_at(entry, today) if person is None else person.at(entry)


def login_reasons(person: Person, court: Court) -> tuple[str, ...]:
    """Every reason of the login rules, where no acceptance of the Rules of Behavior is asked."""
    return court.judge("login", person.at(court.book.catalogue.rob_entry)).codes


def shares_property(acting: Person, person: Person) -> bool:
    """Whether a property of *person* is within the relationships of *acting*."""
    return not acting.standing.bpr.isdisjoint(person.properties)


def _named(
    call: Call, gathered: Gathered, acting: Person | None, court: Court, today: str
) -> list[tuple[str, Named | None]]:
    if not issubclass(MANAGEMENT[call.action], TargetFacts):
        return [("", None)]
    if not call.user_ids:
        raise ValueError(f"{call.action} names nobody")
    return [(i, _one(i, call, gathered, acting, court, today)) for i in call.user_ids]


def _one(
    user_id: str, call: Call, gathered: Gathered, acting: Person | None, court: Court, today: str
) -> Named:
    evidence: Evidence = gathered.about(user_id)
    person = measured(evidence, court, today)
    if person is None:
        return Named(None, (), assigned=False, shares_property=False)
    return Named(
        person,
        login_reasons(person, court),
        assigned=user_id in gathered.assigned,
        shares_property=acting is not None and shares_property(acting, person),
    )


def _all_of(decisions: list[Decision]) -> Decision:
    """Allowed when every one is; otherwise every reason of those that refuse."""
    if all(each.allowed for each in decisions):
        return decisions[0]
    return refused_by(decisions)
