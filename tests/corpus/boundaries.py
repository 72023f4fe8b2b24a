"""Questions near a question: one fact moved to where a rule may turn, and still possible."""

from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

from service.core.actions import Facts, declared
from service.core.conditions import Atom, Condition, atoms, holds
from service.core.facts import Declared, Kind
from service.core.rulebook import Rulebook


def possible(book: Rulebook, action: str, facts: Facts) -> bool:
    """Whether the laws of *book* allow the *facts*."""
    return all(holds(law, facts) for law in book.laws[action])


class Nearby:
    """What lies near possible facts of one action."""

    def __init__(self, book: Rulebook, action: str) -> None:
        self._facts = declared(action)
        compared = [a for rule in book.rules[action] for a in atoms(rule.condition)]
        self._compared = {p: [a for a in compared if a.fact == p] for p in self._facts}
        self._laws = {
            path: [law for law in book.laws[action] if path in _paths(law)] for path in self._facts
        }

    def of(self, facts: Facts) -> Iterator[Facts]:
        """*facts*, and all that differ from them in one fact only and are possible."""
        yield facts
        for path, fact in self._facts.items():
            value = attrgetter(path)(facts)
            for other in set(_others(fact, self._compared[path], value, facts)) - {value}:
                changed = _with(facts, path, other)
                if all(holds(law, changed) for law in self._laws[path]):
                    yield changed


def _paths(law: Condition) -> set[str]:
    return {path for atom in atoms(law) for path in (atom.fact, atom.other_fact)}


def _others(fact: Declared, compared: list[Atom], value: Any, facts: Facts) -> Iterator[Any]:
    constants = [atom.constant for atom in compared if atom.constant is not None]
    match fact.kind:
        case Kind.YES_NO:
            yield not value
        case Kind.COUNT:
            yield from (n + by for n in constants for by in (-1, 0, 1))
        case Kind.DAY:
            yield from ("", *constants)
            yield from (attrgetter(a.other_fact)(facts) for a in compared if a.other_fact)
        case Kind.CODES:
            yield from (tuple(sorted({*value} ^ {code})) for code in constants)


def _with(facts: Any, path: str, value: Any) -> Any:
    group, _, name = path.rpartition(".")
    if not group:
        return replace(facts, **{name: value})
    return replace(facts, **{group: replace(getattr(facts, group), **{name: value})})
