"""The impact on recorded decisions: each derived again from its evidence, by both rulebooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from models.ledger import Entry
from models.people import Person
from models.types import AnySelect
from service.core.inquiry import Inquiry
from service.core.standing import from_plain
from service.ledger.searching import first_id
from service.login.asked import wrong_codes
from service.login.decide import Evidence, decide
from service.login.impact.change import NO_SUCH_ENTRY, Flip, Said, change_of, said
from service.login.impact.comparison import Comparison
from service.login.stretch import Stretch, cut
from service.policy.active import Court

_AT_A_TIME = 500  # rows held in memory


@dataclass(frozen=True, slots=True)
class Decisions:
    """The logins decided since then."""

    since: datetime

    def stretches(self, connection: Connection, size: int) -> list[Stretch]:
        """All of them in the order of their IDs, which is that of time."""
        return cut(connection, self._of(select(Entry.id)), size)

    def flips(
        self, connection: Connection, comparison: Comparison, stretch: Stretch
    ) -> Iterator[list[Flip]]:
        """For each decision of *stretch* that would be another, its flip."""
        query = (
            self._of(select(Entry.body, Person.organisation))
            .outerjoin(Person, Person.id == Entry.person_id)
            .where(Entry.id.between(*stretch.ends))
            .order_by(Entry.id)
            .execution_options(yield_per=_AT_A_TIME)
        )
        for body, organisation in connection.execute(query):
            if flip := _flip(orjson.loads(body), organisation or "", comparison):
                yield [flip]

    def _of(self, query: AnySelect) -> AnySelect:
        """Of *query* these logins; IDs begin with their time, so few others are read."""
        earliest = Entry.id >= first_id(self.since)
        return query.where(earliest, Entry.kind == "login", Entry.as_of >= self.since)


def _flip(entry: dict[str, Any], organisation: str, comparison: Comparison) -> Flip | None:
    inquiry, as_of = Inquiry(**entry["inquiry"]), datetime.fromisoformat(entry["as_of"])
    kept = entry["evidence"]
    standing = from_plain(kept["standing"]) if kept["standing"] else None
    evidence = Evidence(standing, kept["last_activity_on"])
    before = _said(inquiry, evidence, comparison.before, as_of)
    after = _said(inquiry, evidence, comparison.after, as_of)
    change = change_of(inquiry.entry or inquiry.system, before, after)
    if change is None:
        return None
    day, _ = comparison.days(as_of)
    return Flip(inquiry.user_id, organisation, change, day, decision_id=entry["id"])


def _said(inquiry: Inquiry, evidence: Evidence, court: Court, as_of: datetime) -> Said:
    if wrong_codes(inquiry, court.book.catalogue):
        return NO_SUCH_ENTRY
    outcome = decide(inquiry, evidence, court, as_of)
    return said(outcome.decision, outcome.refused)
