"""One management call, considered: gathered and decided, but nothing done yet."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from service.core.call import Call
from service.core.management_facts import Target, TargetFacts
from service.core.measure import Person
from service.login.decide import measured
from service.policy.active import Court, Courts
from service.recertification.decide import Outcome, decide
from service.recertification.gather import Gathered, gather


@dataclass(frozen=True)
class Considered:
    """The call, what it was judged on, by which rulebook, on which day, and what came out."""

    call: Call
    gathered: Gathered
    court: Court
    today: str
    outcome: Outcome

    @cached_property
    def acting(self) -> Person:
        """Who acts; only of somebody who is known."""
        return self._person(self.call.actor_id)

    @cached_property
    def named(self) -> Person:
        """The one person named; only of somebody who is known."""
        (user_id,) = self.call.user_ids
        return self._person(user_id)

    @cached_property
    def target(self) -> Target:
        """The facts about the one person named, as the rules of the action saw them."""
        (judged,) = self.outcome.judged
        assert isinstance(judged.facts, TargetFacts), f"{self.call.action} names nobody"
        return judged.facts.target

    @cached_property
    def shared(self) -> frozenset[int]:
        """The properties of the one person named within the relationships of the actor."""
        scoped = self.named.property_scope
        return self.acting.standing.bpr & self.named.properties if scoped else frozenset()

    def _person(self, person_id: str) -> Person:
        person = measured(self.gathered.about(person_id), self.court, self.today)
        assert person is not None, f"nobody knows {person_id}, yet the call was allowed"
        return person


def consider(connection: Connection, call: Call, *, courts: Courts, as_of: datetime) -> Considered:
    """Decide *call* by the active rulebook; does and records nothing."""
    gathered = gather(connection, call)
    court = courts.of(gathered.digest, connection)
    today = court.book.calendar.day_of(as_of)
    return Considered(call, gathered, court, today, decide(call, gathered, court, today))
