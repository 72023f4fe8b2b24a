"""What a condition is once it is read: atoms, joined and negated; and how an atom is asked."""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

#: What a comparison does, by its mark.
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": operator.contains,
}
#: The comparison of a constant with a list of codes.
MEMBER = "in"


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest question a condition asks: one fact, alone or compared."""

    fact: str
    compare: str = ""
    constant: str | int | None = None
    other_fact: str = ""

    def __str__(self) -> str:
        if not self.compare:
            return f"r.{self.fact}"
        if self.compare == MEMBER:
            return f"{self.constant!r} in r.{self.fact}"
        other = f"r.{self.other_fact}" if self.other_fact else repr(self.constant)
        return f"r.{self.fact} {self.compare} {other}"


@dataclass(frozen=True, slots=True)
class Not:
    """True when *part* is not."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Joined:
    """All of the parts (`&&`) or any of them (`||`)."""

    mark: str
    parts: tuple["Condition", ...]


Condition = Atom | Not | Joined


def atoms(condition: Condition) -> tuple[Atom, ...]:
    """The distinct atoms of *condition*, in the order they are written."""
    match condition:
        case Atom():
            return (condition,)
        case Not(part):
            return atoms(part)
        case Joined(_, parts):
            return tuple(dict.fromkeys(atom for part in parts for atom in atoms(part)))


def asked_of(
    atom: Atom, read: Callable[[str], Callable[[Any], Any]] = operator.attrgetter
) -> Callable[[Any], bool]:
    """A function from facts to the truth of *atom*; never raises for facts of the right kind.

    *read*: how a fact is found by its path.
    """
    fact = read(atom.fact)
    if not atom.compare:
        return fact
    compare = COMPARE[atom.compare]
    if atom.other_fact:
        other = read(atom.other_fact)
        return lambda facts: compare(fact(facts), other(facts))
    constant = atom.constant
    return lambda facts: compare(fact(facts), constant)


def pattern_of(
    asked: Iterable[Atom], read: Callable[[str], Callable[[Any], Any]] = operator.attrgetter
) -> Callable[[Any], tuple[bool, ...]]:
    """Which of the atoms *asked* are true, as a function that reads each fact once.

    *read*: how a fact is found by its path.
    """
    asked = tuple(asked)
    paths = tuple(dict.fromkeys(p for a in asked for p in (a.fact, a.other_fact) if p))
    constants = tuple(True if not a.compare else a.constant for a in asked)
    values = _values(paths, read)
    tests = [
        (
            COMPARE[atom.compare] if atom.compare else operator.is_,
            paths.index(atom.fact),
            paths.index(atom.other_fact) if atom.other_fact else len(paths) + number,
        )
        for number, atom in enumerate(asked)
    ]

    def pattern(facts: Any) -> tuple[bool, ...]:
        known = (*values(facts), *constants)
        return tuple([compare(known[one], known[other]) for compare, one, other in tests])

    return pattern


def _values(
    paths: tuple[str, ...], read: Callable[[str], Callable[[Any], Any]]
) -> Callable[[Any], Iterable[Any]]:
    if read is operator.attrgetter and len(paths) > 1:
        return operator.attrgetter(*paths)
    reads = [read(path) for path in paths]
    return lambda facts: [each(facts) for each in reads]


def holds(condition: Condition, facts: Any) -> bool:
    """Whether *condition* is true of *facts*."""
    return truth_of(condition)(facts)


def truth_of(condition: Condition) -> Callable[[Any], bool]:
    """A function from facts to the truth of *condition*."""
    match condition:
        case Atom():
            return asked_of(condition)
        case Not(part):
            denied = truth_of(part)
            return lambda facts: not denied(facts)
        case Joined(mark, parts):
            join, each = (all if mark == "&&" else any), [truth_of(part) for part in parts]
            return lambda facts: join([ask(facts) for ask in each])
