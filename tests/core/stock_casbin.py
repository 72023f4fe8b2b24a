"""Stock pycasbin: the oracle our judge is compared with.

All rows together are asked of Casbin untouched. Each row alone, asked for the whole explanation,
takes its tree from a cache, for the sake of the test's time only.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import casbin
from casbin.util.expression import SimpleEval

from service.core.actions import Facts
from service.core.judge import casbin_request
from service.core.model import MODEL
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulefile import Rule


class Remembering(casbin.Enforcer):
    """Casbin's own Enforcer, which parses each text once."""

    @staticmethod
    def _get_expression(expr: str, functions: Any = None) -> SimpleEval:
        evaluator = SimpleEval("", functions)
        evaluator.ast_parsed_value = _tree(expr)
        return evaluator


@cache
def _tree(expr: str) -> Any:
    return casbin.Enforcer._get_expression(expr).ast_parsed_value


def stock_enforcer(
    rules: Iterable[Rule], kind: type[casbin.Enforcer] = casbin.Enforcer
) -> casbin.Enforcer:
    """Casbin's own Enforcer, holding *rules* in order."""
    enforcer = kind(casbin.Enforcer.new_model(text=MODEL))
    for rule in rules:
        assert enforcer.model.add_policy("p", "p", rule.cells)
    return enforcer


class Stock:
    """One action's rules: asked all together, and each alone for the whole explanation."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._together = stock_enforcer(rules)
        self._alone = [(rule, stock_enforcer([rule], Remembering)) for rule in rules]
        self._place = {tuple(rule.cells): rule.place for rule in rules}

    def answer(self, action: str, facts: Facts) -> tuple[bool, str]:
        """Whether Casbin allows, and the place of the row it names ('' for none)."""
        allowed, row = self._together.enforce_ex(*casbin_request(action, facts))
        return allowed, self._place.get(tuple(row), "")

    def reasons(self, action: str, facts: Facts, allowed: bool) -> list[str]:
        """Every reason of the rows that speak with that effect, in the order of the rows."""
        asked: list[Any] = casbin_request(action, facts)
        effect = "allow" if allowed else "deny"
        speaking = [rule for rule, alone in self._alone if alone.enforce_ex(*asked)[1]]
        codes = [rule.reason for rule in speaking if rule.effect == effect]
        return list(dict.fromkeys(codes)) or [NO_RULE_ALLOWS]
