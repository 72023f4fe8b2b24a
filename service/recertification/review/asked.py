"""What a question is asked about: a database, by the active rulebook, on a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.login.gather import active_court
from service.policy.active import Court, Courts


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the answer is looked up, whose rules count, when, and behind which row it begins."""

    connection: Connection
    court: Court
    as_of: datetime
    cursor: str = ""

    @property
    def today(self) -> str:
        """The day of the question."""
        return self.court.book.calendar.day_of(self.as_of)


def asked(connection: Connection, courts: Courts, as_of: datetime, cursor: str = "") -> Asked:
    """The question asked of the active rulebook; raises LookupError when none is active."""
    return Asked(connection, active_court(connection, courts), as_of, cursor)
