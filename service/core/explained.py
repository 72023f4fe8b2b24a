"""Why rules spoke or were silent: the atoms that decided each, with the facts they saw."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from service.core.actions import Facts
from service.core.conditions import Atom, Condition, Joined, Not, asked_of, holds
from service.core.rulefile import Rule


@dataclass(frozen=True, slots=True)
class Because:
    """An atom as a rule writes it, whether it holds, and the value of its fact."""

    atom: str
    holds: bool
    fact: str
    value: Any


@dataclass(frozen=True, slots=True)
class Explained:
    """One rule: what it says, whether it spoke, and what decided that."""

    place: str
    effect: str
    reason: str
    sentence: str
    spoke: bool
    because: tuple[Because, ...]


def explain(rules: Iterable[Rule], facts: Facts) -> Iterator[Explained]:
    """Each of *rules*, in order, as it answers about *facts*."""
    for rule in rules:
        yield Explained(
            rule.place,
            rule.effect,
            rule.reason,
            rule.sentence,
            holds(rule.condition, facts),
            tuple(_because(atom, facts) for atom in deciding(rule.condition, facts)),
        )


def deciding(condition: Condition, facts: Facts) -> tuple[Atom, ...]:
    """Atoms that alone make *condition* as true or false as it is."""
    match condition:
        case Atom():
            return (condition,)
        case Not(part):
            return deciding(part, facts)
        case Joined(mark, parts):
            decisive = mark == "||"
            alone = [part for part in parts if holds(part, facts) is decisive][:1]
            found = [atom for part in alone or parts for atom in deciding(part, facts)]
            return tuple(dict.fromkeys(found))


def _because(atom: Atom, facts: Facts) -> Because:
    value = attrgetter(atom.fact)(facts)
    return Because(str(atom), asked_of(atom)(facts), atom.fact, value)
