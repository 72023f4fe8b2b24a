"""Which situations two rulebooks answer differently: proven, with a condition and an example."""

from collections.abc import Iterator
from typing import Any

import z3

from service.core.actions import declared
from service.core.conditions import Atom, atoms
from service.core.facts import Kind
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import Rulebook
from service.policy.analysis.binding import bind
from service.policy.analysis.literals import Literal, written
from service.policy.analysis.prover import Prover
from service.policy.situation import Answer, Situation, UndecidedError

_MILLISECONDS = 10_000


def situations(one: Rulebook, other: Rulebook, action: str) -> Iterator[Situation]:
    """Every situation of *action* that the two answer differently. Raises UndecidedError."""
    return _Comparison(one, other, action).situations()


def differ(one: Rulebook, other: Rulebook, action: str) -> bool:
    """Whether the two answer any case of *action* differently: allowed or not, first reason, or
    any reason besides. Raises UndecidedError."""
    return _Comparison(one, other, action).differ()


class _Comparison:
    def __init__(self, one: Rulebook, other: Rulebook, action: str) -> None:
        self._action = action
        self._vocabulary = declared(action)
        self._numbers = {
            name: ["", *sorted(one.codes[name] | other.codes[name])] for name in one.codes
        }
        codes = {name: frozenset(each) - {""} for name, each in self._numbers.items()}
        self._books = (one, other)
        self._bound = [
            bind(*pair, self._vocabulary, self._numbers) for pair in ((one, other), (other, one))
        ]
        self._provers = [
            # The laws of the first alone: the other's are as new as its rows, and prove nothing.
            Prover(action, book.rules[action], one.laws[action], codes, bound)
            for book, bound in zip(self._books, self._bound, strict=True)
        ]
        self._effects = {r.reason: r.effect for b in self._books for r in b.rules[action]}
        self._reasons = sorted({NO_RULE_ALLOWS, *self._effects})
        self._before, self._after = (self._answer(p) for p in self._provers)

    def differ(self) -> bool:
        """Whether any case is answered otherwise."""
        besides = [self._told(p, reason) for reason in self._effects for p in self._provers]
        others = [one != other for one, other in zip(besides[::2], besides[1::2], strict=True)]
        return self._model(self._solver(z3.Or(self._before != self._after, *others))) is not None

    def situations(self) -> Iterator[Situation]:
        """One pair of answers after another, until no case is left that is answered otherwise;
        then, of equal answers, each reason that is given besides by one of the two only."""
        solver = self._solver(self._before != self._after)
        while (model := self._model(solver)) is not None:
            before, after = (_of(model, each) for each in (self._before, self._after))
            same = z3.And(self._before == before, self._after == after)
            yield self._situation(model, same)
            solver.add(z3.Not(same))
        for reason in self._effects:
            one, other = (self._told(prover, reason) for prover in self._provers)
            only = z3.And(self._before == self._after, one != other)
            if (model := self._model(self._solver(only))) is not None:
                yield self._situation(model, only, reason)

    def _situation(self, model: Any, same: Any, besides: str = "") -> Situation:
        before, after = (_of(model, each) for each in (self._before, self._after))
        return Situation(
            self._action,
            self._said(before),
            self._said(after),
            written(self._in_common(model, same, before)),
            self._provers[1].shown(model) | self._provers[0].shown(model),
            besides,
        )

    def _told(self, prover: Prover, reason: str) -> Any:
        """That *reason* is one of those in the answer."""
        speaks = prover.speaks(self._effects[reason], reason)
        return speaks if self._effects[reason] == "deny" else z3.And(prover.allows, speaks)

    def _in_common(self, model: Any, same: Any, before: Any) -> list[Literal]:
        """What holds in every case like that of *model*, of facts of which the answer before
        does not say as much already."""
        solver = self._solver(same)
        kept = self._always(solver, self._literals(model))
        implied = self._always(self._solver(self._before == before), kept)
        told = {each.atom.fact for each in kept if each not in implied}
        return [each for each in kept if each.atom.fact in told]

    def _always(self, solver: z3.Solver, literals: list[Literal]) -> list[Literal]:
        """Those of *literals* that hold in every case of *solver*."""
        kept, left = [], literals
        while left:
            literal, *left = left
            solver.push()
            solver.add(z3.Not(literal.asked))
            model = self._model(solver)
            solver.pop()
            if model is None:
                kept.append(literal)
            else:
                left = [each for each in left if z3.is_true(_of(model, each.asked))]
        return kept

    def _literals(self, model: Any) -> list[Literal]:
        """Every atom that both measure alike, as it is in *model*."""
        formula = self._provers[0].formula
        found = {atom: formula(atom) for atom in self._atoms()}
        return [Literal(a, z3.is_true(_of(model, f)), f) for a, f in found.items()]

    def _atoms(self) -> Iterator[Atom]:
        """The atoms of the rows; instead of facts measured otherwise, the days they may be."""
        bound = {path for each in self._bound for path in each.facts}
        days = _days(self._books) if bound else []
        for book in self._books:
            for rule in book.rules[self._action]:
                for atom in atoms(rule.condition):
                    yield from _alike(atom, bound, days)
        if days and "today" in self._vocabulary:
            yield from (Atom("today", mark, day) for day in days for mark in ("<", ">"))
        for path, fact in self._vocabulary.items():
            if bound and fact.kind is Kind.CODE and path not in bound:
                yield from (Atom(path, "==", c) for c in self._numbers[fact.codes] if c)

    def _answer(self, prover: Prover) -> Any:
        """The answer as a number: that of its first reason, counted on where it allows."""
        number = z3.IntVal(self._reasons.index(NO_RULE_ALLOWS))
        for effect, more in (("allow", len(self._reasons)), ("deny", 0)):
            for at, rule in reversed(list(enumerate(prover.rules))):
                if rule.effect == effect:
                    reason = self._reasons.index(rule.reason) + more
                    number = z3.If(prover.row(at), reason, number)
        return number

    def _said(self, answer: Any) -> Answer:
        allowed, reason = divmod(answer.as_long(), len(self._reasons))
        return Answer(bool(allowed), self._reasons[reason])

    def _solver(self, claim: Any) -> z3.Solver:
        solver = z3.Solver()
        solver.set("timeout", _MILLISECONDS)
        solver.add(claim, *(prover.possible for prover in self._provers))
        return solver

    def _model(self, solver: z3.Solver) -> Any:
        answer = solver.check()
        if answer == z3.unknown:
            raise UndecidedError(f"{self._action}: {solver.reason_unknown()}")
        return solver.model() if answer == z3.sat else None


def _of(model: Any, formula: Any) -> Any:
    return model.eval(formula, model_completion=True)


def _days(books: tuple[Rulebook, Rulebook]) -> list[str]:
    windows = [w for b in books for each in b.calendar.windows.values() for w in each]
    return sorted({day for window in windows for day in (window.opens, window.closes)})


def _alike(atom: Atom, bound: set[str], days: list[str]) -> Iterator[Atom]:
    """*atom*; where it compares with a fact measured otherwise, each day that may be."""
    if atom.fact in bound:
        return
    if atom.other_fact in bound:
        yield from (Atom(atom.fact, atom.compare, day) for day in ("", *days))
    else:
        yield atom
