"""One action's rules as formulas, and the search for facts under which something holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import z3

from service.core.actions import declared
from service.core.conditions import Condition
from service.core.rulefile import Rule
from service.policy.analysis.terms import UNBOUND, Bound, Terms
from service.policy.situation import UndecidedError

_MILLISECONDS = 5000


class Prover:
    """What the *rules* of an action say of every case that the *laws* of the facts allow."""

    def __init__(
        self,
        action: str,
        rules: Sequence[Rule],
        laws: Iterable[Condition],
        codes: Mapping[str, frozenset[str]],
        bound: Bound = UNBOUND,
    ) -> None:
        self.action = action
        self.rules = rules
        self._terms = Terms(declared(action), codes, bound)
        self._speaks = [self._terms.formula(rule.condition) for rule in rules]
        self._laws = z3.And([self._terms.formula(law) for law in laws])

    def formula(self, condition: Condition) -> Any:
        """*condition* as a formula over the facts of the action."""
        return self._terms.formula(condition)

    def speaks(self, effect: str, reason: str = "", *, without: int = -1) -> Any:
        """That some row of this *effect* (and *reason*) speaks; row *without* left aside."""
        return z3.Or(
            [
                formula
                for number, formula in enumerate(self._speaks)
                if number != without and self._says(number, effect, reason)
            ]
        )

    def _says(self, number: int, effect: str, reason: str) -> bool:
        rule = self.rules[number]
        return rule.effect == effect and reason in ("", rule.reason)

    def row(self, number: int) -> Any:
        """That this row speaks."""
        return self._speaks[number]

    @property
    def allows(self) -> Any:
        """That the answer is to allow."""
        return z3.And(self.speaks("allow"), z3.Not(self.speaks("deny")))

    @property
    def possible(self) -> Any:
        """That the laws hold, and every fact is of its unit."""
        return z3.And(self._laws, self._terms.domain())

    def shown(self, model: Any) -> dict[str, Any]:
        """The facts of *model*, as a rule writes them."""
        return self._terms.shown(model)

    def example(self, *claims: Any) -> dict[str, Any] | None:
        """Facts of which every claim holds; None when there can be none.

        Raises UndecidedError.
        """
        solver = z3.Solver()
        solver.set("timeout", _MILLISECONDS)
        solver.add(self.possible, *claims)
        answer = solver.check()
        if answer == z3.unsat:
            return None
        if answer != z3.sat:
            raise UndecidedError(f"{self.action}: {solver.reason_unknown()}")
        return self.shown(solver.model())
