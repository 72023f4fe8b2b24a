"""What a judge says of a person at every entry; once, of those of whom the rows ask the same."""

from service.core.conditions import asked_of, atoms
from service.core.decision import Decision
from service.core.measure import AT_AN_ENTRY, Person, fact_of
from service.policy.active import Court

_ACTION = "login"
_MOST_REMEMBERED = 100_000
Said = tuple[Decision, ...]


class Everywhere:
    """Judges a person at all entries, in their order, and remembers."""

    def __init__(self, court: Court) -> None:
        asked = dict.fromkeys(a for r in court.book.rules[_ACTION] for a in atoms(r.condition))
        self._judge, self._entries = court.judge, tuple(court.book.catalogue.entries)
        self._asks = [asked_of(atom, fact_of) for atom in asked if atom.fact not in AT_AN_ENTRY]
        self._said: dict[object, Said] = {}

    def __call__(self, person: Person) -> Said:
        """What is said of *person* at every entry."""
        pattern = (
            tuple([ask(person) for ask in self._asks]),
            tuple([person.opened(entry) for entry in self._entries]),
        )
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= _MOST_REMEMBERED:
                self._said.clear()
            said = self._said[pattern] = self._judged(person)
        return said

    def _judged(self, person: Person) -> Said:
        return tuple(self._judge(_ACTION, person.at(entry)) for entry in self._entries)
