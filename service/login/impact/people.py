"""The impact on the people in the database, one stretch of them at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from models.people import Person
from service.core.rulebook import Rulebook
from service.login.everybody import people_of, stretches_of_people
from service.login.impact.change import Flip
from service.login.impact.comparison import Comparison
from service.login.stretch import Stretch
from service.policy.situation import Answer


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the database, at each of some instants: one for a day."""

    at: tuple[datetime, ...]

    def stretches(self, connection: Connection, size: int) -> list[Stretch]:
        """Everybody in the order of the IDs."""
        return stretches_of_people(connection, size)

    def flips(
        self, connection: Connection, comparison: Comparison, stretch: Stretch
    ) -> Iterator[list[Flip]]:
        """For each person of *stretch* who flips, every flip with its first day."""
        days = [comparison.days(at) for at in self.at]
        for each in people_of(connection, stretch):
            found: dict[tuple[str, Answer, Answer], Flip] = {}
            for day in days:
                for change in comparison.changes(each.evidence, day):
                    _add(found, Flip(each.person_id, each.organisation, change, day[0]))
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
