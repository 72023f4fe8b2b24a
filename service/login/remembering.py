"""Judges that remember what they said of equal patterns of facts, for judging very many people.

What a judge says depends on nothing but which atoms of the action's rows are true: facts that make
the same ones true are judged once.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any, Generic, TypeVar

from service.core.actions import Facts
from service.core.conditions import Atom, asked_of, atoms
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule

_MOST_REMEMBERED = 100_000
_Of = TypeVar("_Of")
_Said = TypeVar("_Said")


def asked_by(rules: Iterable[Rule]) -> list[Atom]:
    """The distinct atoms of *rules*."""
    return list(dict.fromkeys(atom for rule in rules for atom in atoms(rule.condition)))


def pattern_of(
    asked: Iterable[Atom], read: Callable[[str], Callable[[Any], Any]] = attrgetter
) -> Callable[[Any], tuple[bool, ...]]:
    """Which of the atoms *asked* are true, as a function; *read*: how a fact is found."""
    asks = [asked_of(atom, read) for atom in asked]
    return lambda of: tuple([ask(of) for ask in asks])


class Remembered(Generic[_Of, _Said]):
    """What is said of facts or people, remembered by their pattern."""

    def __init__(
        self,
        pattern: Callable[[_Of], Hashable],
        say: Callable[[_Of], _Said],
        most: int = _MOST_REMEMBERED,
    ) -> None:
        """*say* depends on nothing but the *pattern*; *most* are remembered at once."""
        self._pattern, self._say, self._most = pattern, say, most
        self._said: dict[Hashable, _Said] = {}

    def __call__(self, of: _Of) -> _Said:
        """Say it of *of*, or again what was said of others like it."""
        pattern = self._pattern(of)
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= self._most:
                self._said.clear()
            said = self._said[pattern] = self._say(of)
        return said


class Remembering(Judge):
    """A judge who remembers, of every action."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__(book)
        judge = super().__call__
        most = _MOST_REMEMBERED // len(book.rules)
        self._remembered = {
            action: Remembered(pattern_of(asked_by(rules)), partial(judge, action), most)
            for action, rules in book.rules.items()
        }

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge *facts*, or say again what was said of others like them."""
        return self._remembered[action](facts)


def both(
    action: str, one: Rulebook, other: Rulebook
) -> Remembered[Facts, tuple[Decision, Decision]]:
    """What both rulebooks say of the same facts of *action*."""
    judges = Judge(one), Judge(other)
    pattern = pattern_of(asked_by((*one.rules[action], *other.rules[action])))
    return Remembered(pattern, lambda facts: (judges[0](action, facts), judges[1](action, facts)))
