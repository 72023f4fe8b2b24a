"""The judge. Stock Casbin gives every answer; a table remembers what it said of each row.

A row speaks or is silent depending on nothing but which of its own atoms are true, so Casbin is
asked about a row once for each pattern of that row's atoms. Only this module knows Casbin.
"""

import ast
from collections.abc import Callable, Iterable
from copy import copy
from threading import Lock
from typing import Any

import casbin
from casbin.effect import Effector
from casbin.util.expression import SimpleEval

from service.core.actions import Facts
from service.core.conditions import asked_of, atoms
from service.core.decision import Decision, Given
from service.core.facts import as_groups
from service.core.model import MODEL, REQUEST
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule

_EFFECTS = {"allow": Effector.ALLOW, "deny": Effector.DENY}
# CPython up to 3.11.7 fails when two threads parse at once (gh-106905).
_PARSING = Lock()


class Judge:
    """Answers by one rulebook; immutable in what it says, safe to share between threads."""

    def __init__(self, book: Rulebook) -> None:
        """Compile *book*; every row's tree is parsed here, never while a request waits."""
        with _PARSING:
            self._rows = {
                action: tuple(_Row(rule) for rule in rules) for action, rules in book.rules.items()
            }
            self._effect = _enforcer([]).eft

    def with_rules(self, action: str, rules: Iterable[Rule]) -> "Judge":
        """This judge, answering *action* by *rules* instead; what is compiled stays compiled."""
        other, known = copy(self), {row.rule: row for row in self._rows[action]}
        with _PARSING:
            rows = tuple(known.get(rule) or _Row(rule) for rule in rules)
        other._rows = {**self._rows, action: rows}
        return other

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge *facts*: allowed when a row allows and none denies; all reasons in order."""
        spoken = [row for row in self._rows[action] if row.speaks(facts)]
        effects = {_EFFECTS[row.rule.effect] for row in spoken}
        allowed = self._effect.final_effect(effects) == Effector.ALLOW
        effect = "allow" if allowed else "deny"
        given: dict[str, Given] = {}
        for row in spoken:
            if row.rule.effect == effect:
                given.setdefault(row.rule.reason, row.given)
        return Decision(allowed, tuple(given.values()) or (Given(NO_RULE_ALLOWS, "", ""),))


class _Row:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.given = Given(rule.reason, rule.place, rule.authority)
        self._atoms: tuple[Callable[[Any], bool], ...] = tuple(
            asked_of(atom) for atom in atoms(rule.condition)
        )
        self._enforcer = _enforcer([rule])
        self._said: dict[tuple[bool, ...], bool] = {}

    def speaks(self, facts: Facts) -> bool:
        pattern = tuple([ask(facts) for ask in self._atoms])
        said = self._said.get(pattern)
        if said is None:
            said = self._said[pattern] = self._ask_casbin(facts)
        return said

    def _ask_casbin(self, facts: Facts) -> bool:
        _, row = self._enforcer.enforce_ex(*casbin_request(self.rule.action, facts))
        return bool(row)


def casbin_request(action: str, facts: Facts) -> list[Any]:
    """What Casbin is asked with: plain text and dictionaries, in the order of the model."""
    groups = {"action": action, **as_groups(facts)}
    return [groups.get(name, {}) for name in REQUEST]


def _enforcer(rules: list[Rule]) -> "_Enforcer":
    enforcer = _Enforcer(casbin.Enforcer.new_model(text=MODEL))
    for rule in rules:
        enforcer.model.add_policy("p", "p", rule.cells)
        enforcer.parse_matcher(rule)
    return enforcer


class _Enforcer(casbin.Enforcer):  # type: ignore[misc]  # casbin is untyped
    """Stock Casbin, but for one thing: it takes each row's tree ready parsed."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._trees: dict[str, ast.expr] = {}

    def parse_matcher(self, rule: Rule) -> None:
        """Let Casbin itself compose and parse the matcher of *rule*, and keep the tree."""
        condition = casbin.util.escape_assertion(rule.text)
        whole = casbin.util.replace_eval(self.model["m"]["m"].value, [condition])
        self._trees[whole] = casbin.Enforcer._get_expression(whole).ast_parsed_value

    def _get_expression(self, expr: str, functions: Any = None) -> SimpleEval:
        # A copy: the evaluator adds to it while another thread may be reading.
        evaluator = SimpleEval("", dict(functions or {}))
        evaluator.ast_parsed_value = self._trees[expr]
        return evaluator
