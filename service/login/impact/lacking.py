"""The rows of login.csv that one of two rulebooks lacks: only they can make answers differ."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from service.core.conditions import Atom, pattern_of
from service.core.judge import Judge
from service.core.measure import AT_AN_ENTRY, ENTRY, Person, fact_of
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule
from service.login.remembering import Remembered, asked_by

_ACTION = "login"
Rows = tuple[Rule, ...]
Speak = Callable[[Person], tuple[str, ...]]


class Lacking:
    """Those rows of two rulebooks that measure people alike (same calendar, same catalogue)."""

    def __init__(self, one: Rulebook, other: Rulebook) -> None:
        rows = _only_in_one(one.rules[_ACTION], other.rules[_ACTION])
        self._judge = Judge(replace(one, rules={_ACTION: rows}))
        self._entries = tuple(one.catalogue.entries)
        self._spoken = _of_the_person(asked_by(rows), self._judged)

    def speak_at(self, person: Person) -> tuple[str, ...]:
        """The entries at which any of them speaks of *person*.

        Of most people no more is measured than the rows ask for, and those of whom it is the same
        are judged once.
        """
        return self._spoken(person)

    def _judged(self, person: Person) -> tuple[str, ...]:
        said = {entry: self._judge(_ACTION, person.at(entry)) for entry in self._entries}
        return tuple(entry for entry, each in said.items() if each.reason != NO_RULE_ALLOWS)


def _only_in_one(one: Rows, other: Rows) -> Rows:
    """The rows that the one or the other lacks; all, when those of both stand in another order."""
    ours, theirs = ({tuple(rule.cells): rule for rule in rows} for rows in (one, other))
    shared = [cells for cells in ours if cells in theirs]
    if shared != [cells for cells in theirs if cells in ours]:
        return (*one, *other)
    return tuple(rule for cells, rule in (*ours.items(), *theirs.items()) if cells not in shared)


def _of_the_person(asked: Iterable[Atom], say: Speak) -> Speak:
    """*say*, remembered by what of *asked* is the same at every entry; by nothing when some other
    depends on more than the entry."""
    others = [atom for atom in asked if atom.fact != ENTRY or atom.other_fact]
    if any({atom.fact, atom.other_fact} & AT_AN_ENTRY for atom in others):
        return say
    return Remembered(pattern_of(others, fact_of), say)
