"""Judging questions: each as the login or the call would be judged that it asks about. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from service.core.acting import own_flags
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.decision import Decision, Given
from service.core.inquiry import Inquiry
from service.core.login_facts import LoginFacts
from service.core.management_facts import FlagFacts, TargetFacts, WithdrawFacts
from service.core.measure import Person
from service.core.nobody import nobody_at
from service.core.reasons import NO_RULE_ALLOWS
from service.core.standing import Standing
from service.login.decide import coming_in, measured
from service.login.decide import decide as decide_login
from service.login.record import gate_facts
from service.policy.active import Court
from service.recertification.able.judging import ways
from service.recertification.asking.known import Known
from service.recertification.asking.question import Coming, Question, meaning
from service.recertification.decide import decide as decide_call
from service.recertification.gather import Gathered
from service.recertification.record import facts_said

#: What is not there no rule speaks of.
_SILENCE = Decision(False, (Given(NO_RULE_ALLOWS, "", ""),))
#: What nobody holds: an item that stands where none can be named.
_NO_ITEM = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What came of a question, the facts the rules saw, and what of all that is known it was
    judged on. *call*: the call that was judged; *told*: the facts, the person and the property an
    explanation speaks of."""

    question: Question
    decision: Decision
    court: Court
    known: Known = field(default_factory=Known)
    facts: dict[str, Any] = field(default_factory=dict)
    call: Call | None = None
    entering: LoginFacts | None = None
    standing: Standing | None = None
    about: int | None = None


class Bench:
    """Judges questions on what is *known*: everybody is measured once, and what is asked twice is
    judged once."""

    def __init__(self, known: Known, court: Court, as_of: datetime) -> None:
        self._known, self._court, self._as_of = known, court, as_of
        self._today = court.book.calendar.day_of(as_of)
        self._people: dict[str, Person | None] = {}
        self._said: dict[Question, Evaluated] = {}

    def __call__(self, question: Question) -> Evaluated:
        """What the rules say of *question*."""
        said = self._said.get(question)
        if said is None:
            said = self._said[question] = self._judge(question)
        return said

    def person(self, person_id: str) -> Person | None:
        """Who that is, measured; None for nobody who is known."""
        if person_id not in self._people:
            evidence = self._known.about(person_id)
            self._people[person_id] = measured(evidence, self._court, self._today)
        return self._people[person_id]

    def _judge(self, question: Question) -> Evaluated:
        meant = meaning(question, self._court.book.catalogue)
        if meant is None:
            return Evaluated(question=question, decision=_SILENCE, court=self._court)
        if isinstance(meant, Call):
            return self._acting(question, meant)
        return self._coming(question, meant)

    def _coming(self, question: Question, coming: Coming) -> Evaluated:
        inquiry, known = coming.inquiry, of_a_login(self._known, coming.inquiry)
        asked = Evaluated(question=question, decision=_SILENCE, court=self._court, known=known)
        if not there(inquiry, known):
            return asked
        person = self.person(inquiry.user_id)
        if person is None:
            nobody = nobody_at(inquiry.entry or inquiry.system, self._today)
            decision = self._court.judge("login", nobody)
            return replace(asked, decision=decision, facts=gate_facts(nobody), entering=nobody)
        if inquiry.system:
            evidence = known.about(inquiry.user_id)
            found = decide_login(inquiry, evidence, self._court, self._as_of)
            return replace(asked, decision=found.decision, facts=gate_facts(found.facts))
        return self._entering(asked, coming, person)

    def _entering(self, asked: Evaluated, coming: Coming, person: Person) -> Evaluated:
        came = coming_in(coming.inquiry, person, self._court)
        decision = came.decision
        if coming.accepting and decision.allowed:
            decision = self._court.judge("accept_rob", came.facts)
        of_the_property = came.whole.allowed and not decision.allowed
        return replace(
            asked,
            decision=decision,
            facts=gate_facts(came.facts, came.opened),
            entering=came.facts,
            standing=person.standing,
            about=coming.inquiry.property_id if of_the_property else None,
        )

    def _acting(self, question: Question, asked: Call) -> Evaluated:
        """Of several calls by which it could be done, the first that would be; else the first."""
        known = _of_a_call(self._known, asked)
        assigned = frozenset(user for _, user in known.staff)
        gathered = Gathered(self._court.book.digest, known.people, assigned)
        outcomes = [
            (call, decide_call(call, gathered, self._court, self._today))
            for call in self._calls(asked)
        ]
        call, outcome = next((each for each in outcomes if each[1].decision.allowed), outcomes[0])
        actor = self.person(call.actor_id)
        return Evaluated(
            question=question,
            decision=outcome.decision,
            court=self._court,
            known=known,
            facts=facts_said(outcome),
            call=call,
            entering=outcome.entering,
            standing=actor.standing if actor else None,
        )

    def _calls(self, call: Call) -> list[Call]:
        """*call*, or where it names none of the items it needs, one for each it could name."""
        kind = MANAGEMENT[call.action]
        person = self.person(call.user_ids[0]) if issubclass(kind, TargetFacts) else None
        if person is None or not issubclass(kind, (FlagFacts, WithdrawFacts)):
            return [call]
        if call.flag_id is not None and issubclass(kind, WithdrawFacts):
            items = tuple(flag.item for flag in own_flags(person, call))
            return [replace(call, items=items or _NO_ITEM)]
        if call.items:
            return [call]
        return list(ways(call, person)) or [replace(call, items=_NO_ITEM)]


def of_a_login(known: Known, inquiry: Inquiry) -> Known:
    """What of all that is *known* a login is judged on."""
    number, contract = inquiry.property_id, inquiry.contract_number
    named = frozenset() if number is None else frozenset({number})
    held = known.contracts.get(contract)
    return Known(
        people=known.only(inquiry.user_id),
        properties=known.properties & named,
        contracts={} if held is None else {contract: held & named},
    )


def _of_a_call(known: Known, call: Call) -> Known:
    staff = known.staff & {(call.coordinator, each) for each in call.user_ids}
    return Known(people=known.only(call.actor_id, *call.user_ids), staff=staff)


def there(inquiry: Inquiry, known: Known) -> bool:
    """Whether the property and the contract named are there, and one is of the other."""
    number, contract = inquiry.property_id, inquiry.contract_number
    if contract and contract not in known.contracts:
        return False
    if number is None:
        return True
    return number in known.properties and (not contract or number in known.contracts[contract])
