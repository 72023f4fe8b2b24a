"""What of the Recertification subsystem somebody at the menu may open, by its own rules."""

from service.core.acting import actor_of, management_facts
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.decision import Decision
from service.core.management_facts import Actor, DoorFacts
from service.core.measure import Person
from service.policy.active import Court


def options(person: Person, menu: Decision, court: Court) -> tuple[str, ...]:
    """The actions *person* may open, of whom the login rules said *menu* at the menu."""
    return tuple(action for action in MANAGEMENT if _may_open(action, person, menu, court))


def at_the_door(action: str, actor: Actor, court: Court) -> Decision:
    """Whether *actor* may use the subsystem for *action* at all."""
    return court.judge("open_subsystem", DoorFacts(asked=action, actor=actor))


def _may_open(action: str, person: Person, menu: Decision, court: Court) -> bool:
    nobody_named = Call(action=action, actor_id=person.standing.person_id)
    actor = actor_of(person, menu.codes, nobody_named)
    facts = management_facts(nobody_named, actor, None, person.calendar, person.today)
    return at_the_door(action, actor, court).allowed and court.judge(action, facts).allowed
