"""Judges that remember what they said of equal patterns of facts, for judging very many people.

What a judge says depends on nothing but which atoms of the action's rows are true: facts that make
the same ones true are judged once.
"""

from collections.abc import Callable, Iterable
from typing import Any

from service.core.actions import Facts
from service.core.conditions import asked_of, atoms
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule

_MOST_REMEMBERED = 100_000


class Remembering(Judge):
    """A judge who remembers, of every action."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__(book)
        self._asks = {action: _asks(rules) for action, rules in book.rules.items()}
        self._said: dict[tuple[str, tuple[bool, ...]], Decision] = {}

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge *facts*, or say again what was said of others like them."""
        pattern = action, tuple([ask(facts) for ask in self._asks[action]])
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= _MOST_REMEMBERED:
                self._said.clear()
            said = self._said[pattern] = super().__call__(action, facts)
        return said


class Both:
    """Two judges who are asked about the same facts of one action."""

    def __init__(self, action: str, one: Rulebook, other: Rulebook) -> None:
        self._action, self._judges = action, (Judge(one), Judge(other))
        self._asks = _asks((*one.rules[action], *other.rules[action]))
        self._said: dict[tuple[bool, ...], tuple[Decision, Decision]] = {}

    def __call__(self, facts: Facts) -> tuple[Decision, Decision]:
        """What both say of *facts*."""
        pattern = tuple([ask(facts) for ask in self._asks])
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= _MOST_REMEMBERED:
                self._said.clear()
            one, other = (judge(self._action, facts) for judge in self._judges)
            said = self._said[pattern] = one, other
        return said


def _asks(rules: Iterable[Rule]) -> list[Callable[[Any], bool]]:
    """The distinct atoms of *rules*, as they are asked of facts."""
    distinct = dict.fromkeys(atom for rule in rules for atom in atoms(rule.condition))
    return [asked_of(atom) for atom in distinct]
