"""Mutants: each row dropped, negated, or with a constant shifted by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.core.conditions import MEMBER, Atom, Condition, Joined, Not
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule


@dataclass(frozen=True, slots=True)
class Mutant:
    """A row changed: what was done to it, and the row instead (None when it is dropped)."""

    rule: Rule
    how: str
    instead: Rule | None

    def within(self, book: Rulebook) -> Rulebook:
        """*book* with the mutant in the place of its row."""
        action = self.rule.action
        rows = [self.instead if each is self.rule else each for each in book.rules[action]]
        kept = tuple(each for each in rows if each is not None)
        return replace(book, rules={**book.rules, action: kept})


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of every row."""
    for rule in book.rows:
        yield Mutant(rule, "dropped", None)
        yield Mutant(rule, "negated", _with(rule, Not(rule.condition)))
        for how, condition in _shifted(rule.condition):
            yield Mutant(rule, how, _with(rule, condition))


def _with(rule: Rule, condition: Condition) -> Rule:
    return replace(rule, condition=condition, text=_text(condition))


def _shifted(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """*condition* with one constant one more or one less, for each constant of it."""
    match condition:
        case Atom():
            for constant in _near(condition):
                other = replace(condition, constant=constant)
                yield f"`{condition}` shifted to `{other}`", other
        case Not(part):
            yield from ((how, Not(each)) for how, each in _shifted(part))
        case Joined(mark, parts):
            for at, part in enumerate(parts):
                for how, each in _shifted(part):
                    yield how, Joined(mark, (*parts[:at], each, *parts[at + 1 :]))


def _near(atom: Atom) -> list[str | int]:
    constant = atom.constant
    if type(constant) is int:
        return [constant + 1, *([constant - 1] if constant else [])]
    if atom.compare == MEMBER or not isinstance(constant, str) or constant[:1] not in "12":
        return []
    day = date.fromisoformat(constant) if constant else None
    return [(day + timedelta(days=by)).isoformat() for by in (1, -1)] if day else []


def _text(condition: Condition) -> str:
    """*condition* as a row has it."""
    match condition:
        case Atom():
            return str(condition)
        case Not(Atom(compare="") as atom):
            return f"!{atom}"
        case Not(part):
            return f"!({_text(part)})"
        case Joined(mark, parts):
            inner = [f"({_text(p)})" if isinstance(p, Joined) else _text(p) for p in parts]
            return f" {mark} ".join(inner)
