"""The impact on the people in the database, one stretch of them at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from models.gate import Activity
from models.people import Person, Standing
from service.core.rulebook import Rulebook
from service.core.standing import from_plain
from service.login.decide import Evidence
from service.login.impact.change import Flip
from service.login.impact.comparison import Comparison
from service.login.impact.stretch import Stretch, cut
from service.policy.situation import Answer

_AT_A_TIME = 500  # rows held in memory
_EVIDENCE = (
    select(Standing.person_id, Person.organisation, Standing.document, Activity.last_on)
    .join(Person, Person.id == Standing.person_id)
    .outerjoin(Activity, Activity.person_id == Standing.person_id)
    .order_by(Standing.person_id)
    .execution_options(yield_per=_AT_A_TIME)
)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the database, at each of some instants: one for a day."""

    at: tuple[datetime, ...]

    def stretches(self, connection: Connection, size: int) -> list[Stretch]:
        """Everybody in the order of the IDs."""
        return cut(connection, select(Standing.person_id.label("id")), size)

    def flips(
        self, connection: Connection, comparison: Comparison, stretch: Stretch
    ) -> Iterator[list[Flip]]:
        """For each person of *stretch* who flips, every flip with its first day."""
        days = [comparison.days(at) for at in self.at]
        query = _EVIDENCE.where(Standing.person_id.between(*stretch.ends))
        for person_id, organisation, document, last_on in connection.execute(query):
            evidence = Evidence(from_plain(document), last_on)
            found: dict[tuple[str, Answer, Answer], Flip] = {}
            for day in days:
                for change in comparison.changes(evidence, day):
                    _add(found, Flip(person_id, organisation, change, day[0]))
            if found:
                yield list(found.values())


def _add(found: dict[tuple[str, Answer, Answer], Flip], flip: Flip) -> None:
    same = (flip.change.entry, flip.change.before, flip.change.after)
    before = found.get(same)
    found[same] = replace(before, days=before.days + 1) if before else flip


def check_populations(connection: Connection, book: Rulebook) -> None:
    """Raise LookupError when somebody is of a population that *book* does not have."""
    there = set(connection.scalars(select(Person.population).distinct()))
    if missing := sorted(there - book.catalogue.populations.keys()):
        raise LookupError(
            f"no login of theirs could be judged: roles.yaml lacks the population {missing[0]}"
        )
