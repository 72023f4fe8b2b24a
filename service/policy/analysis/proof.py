"""What is proven of a rulebook: no dead row, no row without effect, every invariant."""

from collections.abc import Callable, Iterator
from functools import partial

import z3

from service.core.invariants import Invariant
from service.core.rulebook import Rulebook
from service.policy.analysis.prover import Prover
from service.policy.situation import Disproof

Claim = Callable[[], list[Disproof]]


def claims(book: Rulebook) -> Iterator[Claim]:
    """Every claim about *book*; each gives what disproves it, or raises UndecidedError."""
    provers = {action: prover_of(book, action) for action in book.rules}
    for prover in provers.values():
        yield from (partial(_of_row, prover, number) for number in range(len(prover.rules)))
    for invariant in book.invariants:
        yield partial(_of_invariant, provers[invariant.action], invariant)


def prover_of(book: Rulebook, action: str) -> Prover:
    """The prover of one action of *book*."""
    return Prover(action, book.rules[action], book.laws[action], book.codes)


def _of_row(prover: Prover, number: int) -> list[Disproof]:
    rule, speaks = prover.rules[number], prover.row(number)
    if prover.example(speaks) is None:
        return [Disproof(rule.place, "no facts can make this row speak; mend or drop it")]
    alone = z3.Not(prover.speaks(rule.effect, rule.reason, without=number))
    counts = z3.Not(prover.speaks("deny")) if rule.effect == "allow" else z3.BoolVal(True)
    if prover.example(speaks, alone, counts) is None:
        return [Disproof(rule.place, "this row never changes an answer; drop it")]
    return []


def _of_invariant(prover: Prover, invariant: Invariant) -> list[Disproof]:
    example = prover.example(prover.formula(invariant.when), z3.Not(_kept(prover, invariant)))
    if example is None:
        return []
    return [Disproof(invariant.place, f"does not hold: {invariant.name}", example)]


def _kept(prover: Prover, invariant: Invariant) -> z3.BoolRef:
    """What *invariant* says of a case."""
    if invariant.gives:
        return prover.speaks("deny", invariant.gives)
    return prover.allows if invariant.always else z3.Not(prover.allows)
