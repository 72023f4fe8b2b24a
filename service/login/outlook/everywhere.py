"""What a judge says of a person at every entry; once, of those of whom the rows ask the same."""

from service.core.conditions import pattern_of
from service.core.decision import Decision
from service.core.measure import AT_AN_ENTRY, Person, fact_of
from service.login.remembering import Remembered, asked_by
from service.policy.active import Court

_ACTION = "login"
Said = tuple[Decision, ...]


def everywhere(court: Court) -> Remembered[Person, Said]:
    """Who judges a person at all entries, in their order, and remembers."""
    entries = tuple(court.book.catalogue.entries)
    asked = asked_by(court.book.rules[_ACTION])
    anywhere = pattern_of((atom for atom in asked if atom.fact not in AT_AN_ENTRY), fact_of)
    return Remembered(
        lambda person: (anywhere(person), tuple([person.opened(entry) for entry in entries])),
        lambda person: tuple(court.judge(_ACTION, person.at(entry)) for entry in entries),
    )
