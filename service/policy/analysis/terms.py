"""Facts and conditions as z3 knows them: one variable a fact, one formula a condition.

A yes/no fact is a Bool, a count and a day an Int (a day its ordinal, none 0), a code the number it
has in the list of its codes (none 0), and of a list of codes each member a Bool of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import z3

from service.core.conditions import COMPARE, MEMBER, Atom, Condition, Joined, Not
from service.core.facts import Declared, Kind

_LARGEST_COUNT = 999_999
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1).toordinal(), date(2200, 12, 31).toordinal()


@dataclass(frozen=True)
class Bound:
    """Facts that are formulas over others; the variables behind those, named for people."""

    facts: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


UNBOUND = Bound()


class Terms:
    """The variables of one action's facts; *codes*: the lists of the catalogue.

    *bound* facts are no variables: each is given as a formula over others.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, Declared],
        codes: Mapping[str, frozenset[str]],
        bound: Bound = UNBOUND,
    ) -> None:
        self._vocabulary = vocabulary
        self._codes = {name: ["", *sorted(each)] for name, each in codes.items()}
        self._bound = bound
        self._variables: dict[str, Any] = {}
        self._members: dict[tuple[str, str], Any] = {}
        if bound.facts:  # whatever they hang on has to stay within its unit
            for path, fact in vocabulary.items():
                if fact.kind is not Kind.CODES:
                    self._variable(path)

    def formula(self, condition: Condition) -> Any:
        """*condition* as a formula."""
        match condition:
            case Atom():
                return self._atom(condition)
            case Not(part):
                return z3.Not(self.formula(part))
            case Joined(mark, parts):
                each = [self.formula(part) for part in parts]
                return z3.And(each) if mark == "&&" else z3.Or(each)

    def domain(self) -> Any:
        """What the units of the facts used so far allow."""
        return z3.And([self._within(path, v) for path, v in self._variables.items()])

    def shown(self, model: Any) -> dict[str, Any]:
        """The facts of *model*, as a rule writes them: those it says anything about."""
        facts = {path: self._value(path, v, model) for path, v in self._variables.items()}
        facts |= {name: _plainly(v, model) for name, v in self._bound.extra.items()}
        for (path, code), variable in self._members.items():
            facts.setdefault(path, [])
            if z3.is_true(model.eval(variable, model_completion=True)):
                facts[path].append(code)
        return facts

    def _atom(self, atom: Atom) -> Any:
        if atom.compare == MEMBER:
            return self._members.setdefault(
                (atom.fact, str(atom.constant)), z3.Bool(f"{atom.fact} has {atom.constant}")
            )
        variable = self._variable(atom.fact)
        if not atom.compare:
            return variable
        if atom.other_fact:
            return COMPARE[atom.compare](variable, self._variable(atom.other_fact))
        return COMPARE[atom.compare](variable, self._number(atom.fact, atom.constant))

    def _variable(self, path: str) -> Any:
        if path in self._bound.facts:
            return self._bound.facts[path]
        if path not in self._variables:
            kind = self._vocabulary[path].kind
            self._variables[path] = z3.Bool(path) if kind is Kind.YES_NO else z3.Int(path)
        return self._variables[path]

    def _number(self, path: str, constant: str | int | None) -> int:
        fact = self._vocabulary[path]
        if fact.kind is Kind.COUNT:
            assert isinstance(constant, int)
            return constant
        if fact.kind is Kind.DAY:
            return date.fromisoformat(str(constant)).toordinal() if constant else 0
        return self._codes[fact.codes].index(str(constant))

    def _within(self, path: str, variable: Any) -> Any:
        fact = self._vocabulary[path]
        match fact.kind:
            case Kind.COUNT:
                return z3.And(variable >= 0, variable <= _LARGEST_COUNT)
            case Kind.DAY:
                known = z3.And(variable >= _FIRST_DAY, variable <= _LAST_DAY)
                return known if path == "today" else z3.Or(variable == 0, known)
            case Kind.CODE:
                return z3.And(variable >= 0, variable < len(self._codes[fact.codes]))
        return z3.BoolVal(True)

    def _value(self, path: str, variable: Any, model: Any) -> Any:
        fact, value = self._vocabulary[path], model.eval(variable, model_completion=True)
        if fact.kind is Kind.YES_NO:
            return z3.is_true(value)
        number = value.as_long()
        if fact.kind is Kind.DAY:
            return date.fromordinal(number).isoformat() if number else ""
        return self._codes[fact.codes][number] if fact.kind is Kind.CODE else number


def _plainly(variable: Any, model: Any) -> Any:
    value = model.eval(variable, model_completion=True)
    return value.as_long() if z3.is_int(variable) else z3.is_true(value)
