"""Searching: who may, to what, and what may be done, by the judge that answers one question.

Whatever could be a result is asked about in its order, a stretch at a time. What is not there
finds nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from models.access import Property
from service.core.call import Call
from service.core.catalogue import Catalogue
from service.login.decide import Evidence
from service.policy.active import Court
from service.recertification.able.judging import Able
from service.recertification.able.looking import look
from service.recertification.asking.judging import Bench, of_a_login, there
from service.recertification.asking.known import Known, look_up
from service.recertification.asking.question import (
    ACTIONS_ON,
    PROPERTY,
    USER,
    Question,
    meaning,
)

#: A page looks at so many people, or properties, and no more.
_PEOPLE, _PROPERTIES = 2_000, 50_000


@dataclass(frozen=True, slots=True)
class Page:
    """At most *limit* results behind the one *after*."""

    after: str
    limit: int


@dataclass(frozen=True, slots=True)
class Found:
    """Results in order; *through*: what was looked at last, None when nothing is left."""

    results: tuple[str, ...] = ()
    through: str | None = None


class Search:
    """Searches by one rulebook at one instant."""

    def __init__(self, connection: Connection, court: Court, as_of: datetime) -> None:
        self._connection, self._court, self._as_of = connection, court, as_of

    def subjects(self, question: Question, page: Page) -> Found:
        """Everybody who may, as *question* asks of one."""
        known = look_up(self._connection, [question])
        if not _sensible(question, known, self._court.book.catalogue):
            return Found()
        return self._people(known, page, lambda one: replace(question, subject_id=one))

    def resources(self, question: Question, page: Page) -> Found:
        """Everything of the type to which the subject of *question* may do it."""
        known, kind = look_up(self._connection, [question]), question.resource_type
        known_subject = question.subject_type == USER and question.subject_id in known.people
        if not known_subject or question.action not in ACTIONS_ON.get(kind, ()):
            return Found()
        if kind == USER:
            return self._people(known, page, lambda one: replace(question, resource_id=one))
        if kind == PROPERTY:
            return self._properties(question, known, page)
        bench, every = self._bench(known), _entries(self._court.book.catalogue)
        may = [each for each in every if _may(bench, replace(question, resource_id=each))]
        return _cut(may, page)

    def actions(self, question: Question, page: Page) -> Found:
        """Every action the subject of *question* may do to its resource, both being known."""
        known, kind = look_up(self._connection, [question]), question.resource_type
        named = question.subject_id in known.people
        if kind == USER:
            named = named and question.resource_id in known.people
        if not named:
            return Found()
        bench = self._bench(known)
        every = sorted(ACTIONS_ON.get(kind, ()))
        return _cut([each for each in every if _may(bench, replace(question, action=each))], page)

    def _bench(self, known: Known) -> Bench:
        return Bench(known, self._court, self._as_of)

    def _people(self, known: Known, page: Page, asked: Callable[[str], Question]) -> Found:
        def judge(user_id: str, evidence: Evidence) -> Able | None:
            bench = self._bench(replace(known, people={**known.people, user_id: evidence}))
            return Able(user_id, ()) if _may(bench, asked(user_id)) else None

        looked = look(self._connection, judge, page.after, _PEOPLE, page.limit)
        return Found(tuple(each.user_id for each in looked.able), looked.through)

    def _properties(self, question: Question, known: Known, page: Page) -> Found:
        """Those alike to the subject are judged together."""
        behind = select(Property.property_id).where(Property.property_id > int(page.after or 0))
        ordered = behind.order_by(Property.property_id).limit(_PROPERTIES)
        every = list(self._connection.scalars(ordered))
        bench = self._bench(replace(known, properties=frozenset(every)))
        person = bench.person(question.subject_id)
        assert person is not None
        held = known.contracts.get(question.contract_number, frozenset())
        asked = frozenset(every) & held if question.contract_number else frozenset(every)
        may = [
            number
            for group in person.alike(asked)
            if _may(bench, replace(question, resource_id=str(min(group))))
            for number in group
        ]
        found = _cut([str(number) for number in sorted(may)], Page("", page.limit))
        if found.through is None and len(every) == _PROPERTIES:
            return replace(found, through=str(every[-1]))
        return found if found.through != "" else replace(found, through=page.after)


def _may(bench: Bench, question: Question) -> bool:
    return bench(question).decision.allowed


def _sensible(question: Question, known: Known, catalogue: Catalogue) -> bool:
    """Whether what *question* names is there, whoever asks it."""
    meant = meaning(replace(question, subject_id=question.resource_id), catalogue)
    if meant is None or isinstance(meant, Call):
        return meant is not None and question.resource_id in known.people
    return there(meant.inquiry, of_a_login(known, meant.inquiry))


def _entries(catalogue: Catalogue) -> list[str]:
    return sorted({*catalogue.entries, *catalogue.outside, *catalogue.test_environments})


def _cut(may: Sequence[str], page: Page) -> Found:
    """The page of what *may* be, in its order."""
    behind = [each for each in may if each > page.after] if page.after else list(may)
    found = tuple(behind[: page.limit])
    if len(behind) <= page.limit:
        return Found(found)
    return Found(found, found[-1] if found else page.after)
