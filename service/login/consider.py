"""One question, considered: gathered, checked and decided, but not yet written down."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from service.core.inquiry import Inquiry
from service.login.asked import check
from service.login.decide import Evidence, Outcome, decide
from service.login.gather import Gathered, gather
from service.policy.active import Court, Courts


@dataclass(frozen=True, slots=True)
class Considered:
    """The question, what it was judged on, by which rulebook, and what came out."""

    inquiry: Inquiry
    gathered: Gathered
    court: Court
    outcome: Outcome

    @property
    def evidence(self) -> Evidence:
        """What it was judged on."""
        return self.gathered.evidence


def consider(
    connection: Connection, inquiry: Inquiry, *, courts: Courts, as_of: datetime
) -> Considered:
    """Decide *inquiry* by the active rulebook; records nothing.

    Raises BadlyAskedError for a question that makes no sense.
    """
    gathered = gather(connection, asked_about(inquiry))
    return weigh(connection, inquiry, gathered, courts=courts, as_of=as_of)


def asked_about(inquiry: Inquiry) -> str:
    """The ID of the person whose evidence *inquiry* is judged on; '' when that is nobody's."""
    return "" if inquiry.system else inquiry.user_id


def weigh(
    connection: Connection,
    inquiry: Inquiry,
    gathered: Gathered,
    *,
    courts: Courts,
    as_of: datetime,
) -> Considered:
    """Decide *inquiry* on what was *gathered*; raises BadlyAskedError."""
    court = courts.of(gathered.digest, connection)
    check(inquiry, court.book.catalogue, connection)
    outcome = decide(inquiry, gathered.evidence, court, as_of)
    return Considered(inquiry, gathered, court, outcome)


def accepting(considered: Considered) -> Considered:
    """The same question, for whom the login rules let in, judged by those of accepting too."""
    outcome, court = considered.outcome, considered.court
    if not outcome.decision.allowed:
        return considered
    accepted = court.judge("accept_rob", outcome.facts)
    return replace(considered, outcome=replace(outcome, decision=accepted))
