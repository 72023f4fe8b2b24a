"""Judges that remember what they said of equal patterns of facts, for judging very many people.

What a judge says depends on nothing but which atoms of the action's rows are true: facts that make
the same ones true are judged once.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Generic, TypeVar

from service.core.actions import Facts
from service.core.conditions import asked_of, atoms
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule

_MOST_REMEMBERED = 100_000
_Said = TypeVar("_Said")


class Remembered(Generic[_Said]):
    """What is said of facts, remembered by which atoms of *rules* they make true."""

    def __init__(
        self, rules: Iterable[Rule], say: Callable[[Facts], _Said], most: int = _MOST_REMEMBERED
    ) -> None:
        """*say* depends on nothing but those atoms; *most* patterns are remembered at once."""
        distinct = dict.fromkeys(atom for rule in rules for atom in atoms(rule.condition))
        self._asks = [asked_of(atom) for atom in distinct]
        self._say, self._most = say, most
        self._said: dict[tuple[bool, ...], _Said] = {}

    def __call__(self, facts: Facts) -> _Said:
        """Say it of *facts*, or again what was said of others like them."""
        pattern = tuple([ask(facts) for ask in self._asks])
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= self._most:
                self._said.clear()
            said = self._said[pattern] = self._say(facts)
        return said


class Remembering(Judge):
    """A judge who remembers, of every action."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__(book)
        judge = super().__call__
        most = _MOST_REMEMBERED // len(book.rules)
        self._remembered = {
            action: Remembered(rules, partial(judge, action), most)
            for action, rules in book.rules.items()
        }

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge *facts*, or say again what was said of others like them."""
        return self._remembered[action](facts)


def both(action: str, one: Rulebook, other: Rulebook) -> Remembered[tuple[Decision, Decision]]:
    """What both rulebooks say of the same facts of *action*."""
    judges = Judge(one), Judge(other)
    rules = (*one.rules[action], *other.rules[action])
    return Remembered(rules, lambda facts: (judges[0](action, facts), judges[1](action, facts)))
