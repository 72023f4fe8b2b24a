"""Judges that are asked about the same facts, and what they said of equal patterns, remembered.

What a judge says depends on nothing but which atoms of its rows are true (service/core/judge.py).
So facts that make the same atoms true are judged once.
"""

from collections.abc import Iterable
from dataclasses import replace

from service.core.conditions import asked_of, atoms
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.login_facts import LoginFacts
from service.core.measure import AT_AN_ENTRY
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulefile import Rule
from service.policy.active import Court

_MOST_REMEMBERED = 100_000
Rows = tuple[Rule, ...]


class Remembering:
    """Asks each of some judges of logins; *rows* are the rows of all of them together."""

    def __init__(self, judges: Iterable[Judge], rows: Iterable[Rule]) -> None:
        self.atoms = tuple(dict.fromkeys(a for rule in rows for a in atoms(rule.condition)))
        self._asks = [asked_of(atom) for atom in self.atoms]
        self._judges = tuple(judges)
        self._said: dict[tuple[bool, ...], tuple[Decision, ...]] = {}

    def __call__(self, facts: LoginFacts) -> tuple[Decision, ...]:
        """The decision of each judge, in order."""
        pattern = tuple([ask(facts) for ask in self._asks])
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= _MOST_REMEMBERED:
                self._said.clear()
            said = self._said[pattern] = tuple(judge("login", facts) for judge in self._judges)
        return said


class Pair:
    """Two courts; only rows that one of them lacks can make them say different things."""

    def __init__(self, before: Court, after: Court) -> None:
        one, other = before.book.rules["login"], after.book.rules["login"]
        rows = _only_in_one(one, other)
        self._both = Remembering([before.judge, after.judge], (*one, *other))
        self._lacking = Remembering([Judge(replace(before.book, rules={"login": rows}))], rows)
        asked = {path for a in self._lacking.atoms for path in (a.fact, a.other_fact)}
        self.asks_for_the_entry = not asked.isdisjoint(AT_AN_ENTRY)

    def __call__(self, facts: LoginFacts) -> tuple[Decision, ...]:
        """What each of them says."""
        return self._both(facts)

    def touches(self, facts: LoginFacts) -> bool:
        """Whether a row that one of them lacks speaks of *facts*; if none does, they agree."""
        (said,) = self._lacking(facts)
        return said.reason != NO_RULE_ALLOWS


def _only_in_one(one: Rows, other: Rows) -> Rows:
    """The rows that the one or the other lacks; all, when those of both stand in another order."""
    ours, theirs = ({tuple(rule.cells): rule for rule in rows} for rows in (one, other))
    shared = [cells for cells in ours if cells in theirs]
    if shared != [cells for cells in theirs if cells in ours]:
        return (*one, *other)
    return tuple(rule for cells, rule in (*ours.items(), *theirs.items()) if cells not in shared)
