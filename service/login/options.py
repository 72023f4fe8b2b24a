"""What of the Recertification subsystem somebody at the menu may open, by its own rules."""

from service.core.acting import actor_of, management_facts
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.decision import Decision
from service.core.management_facts import Actor, DoorFacts
from service.core.measure import Person
from service.policy.active import Court

_MOST_REMEMBERED = 1000


def options(person: Person, menu: Decision, court: Court) -> tuple[str, ...]:
    """The actions *person* may open, of whom the login rules said *menu* at the menu.

    With nobody named they depend on few facts, the same for most people: what was judged of such
    facts is remembered.
    """
    nobody_named = Call(action="", actor_id=person.standing.person_id)
    facts = (actor_of(person, menu.codes, nobody_named), person.today)
    found = court.options.get(facts)
    if found is None:
        if len(court.options) >= _MOST_REMEMBERED:
            court.options.clear()
        found = court.options[facts] = tuple(a for a in MANAGEMENT if _may_open(a, *facts, court))
    return found


def at_the_door(action: str, actor: Actor, court: Court) -> Decision:
    """Whether *actor* may use the subsystem for *action* at all."""
    return court.judge("open_subsystem", DoorFacts(asked=action, actor=actor))


def _may_open(action: str, actor: Actor, today: str, court: Court) -> bool:
    call = Call(action=action, actor_id="")
    facts = management_facts(call, actor, None, court.book.calendar, today)
    return at_the_door(action, actor, court).allowed and court.judge(action, facts).allowed
