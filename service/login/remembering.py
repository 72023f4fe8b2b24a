"""Remembering what was said of equal patterns of facts, for judging very many people.

What a judge says depends on nothing but which atoms of the action's rows are true: facts that make
the same ones true are judged once.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from service.core.actions import Facts
from service.core.conditions import Atom, atoms, pattern_of
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


def both(
    action: str, one: Rulebook, other: Rulebook
) -> Remembered[Facts, tuple[Decision, Decision]]:
    """What both rulebooks say of the same facts of *action*."""
    judges = Judge(one), Judge(other)
    pattern = pattern_of(asked_by((*one.rules[action], *other.rules[action])))
    return Remembered(pattern, lambda facts: (judges[0](action, facts), judges[1](action, facts)))
