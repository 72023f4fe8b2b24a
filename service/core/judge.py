"""The judge. Stock Casbin gives every answer; a table remembers what it said of each row.

A row speaks or is silent depending on nothing but which of its own atoms are true, so Casbin is
asked about a row once for each pattern of that row's atoms. Only this module knows Casbin.
"""

import ast
from collections.abc import Iterable
from copy import copy
from threading import Lock
from typing import Any

import casbin
from casbin.effect import Effector
from casbin.util.expression import SimpleEval

from service.core.actions import Facts
from service.core.conditions import atoms, pattern_of
from service.core.decision import Decision, Given
from service.core.facts import as_groups
from service.core.model import MODEL, REQUEST
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule

_EFFECTS = {"allow": Effector.ALLOW, "deny": Effector.DENY}
# CPython up to 3.11.7 fails when two threads parse at once (gh-106905).
_PARSING = Lock()
#: Of an action; each takes some hundred bytes.
_MOST_REMEMBERED = 10_000


class Judge:
    """Answers by one rulebook; immutable in what it says, safe to share between threads."""

    def __init__(self, book: Rulebook) -> None:
        """Compile *book*; every row's tree is parsed here, never while a request waits."""
        with _PARSING:
            effect = _enforcer([]).eft
            self._tables = {
                action: _Table(tuple(_Row(rule) for rule in rules), effect)
                for action, rules in book.rules.items()
            }

    def with_rules(self, action: str, rules: Iterable[Rule]) -> "Judge":
        """This judge, answering *action* by *rules* instead; what is compiled stays compiled."""
        other, table = copy(self), self._tables[action]
        known = {row.rule: row for row in table.rows}
        with _PARSING:
            rows = tuple(known.get(rule) or _Row(rule) for rule in rules)
        other._tables = {**self._tables, action: _Table(rows, table.effect)}
        return other

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge *facts*: allowed when a row allows and none denies; all reasons in order."""
        return self._tables[action].decide(facts)


class _Table:
    """The rows of an action; what they said together of the patterns met last is remembered."""

    def __init__(self, rows: tuple["_Row", ...], effect: Effector) -> None:
        asked = list(dict.fromkeys(atom for row in rows for atom in row.atoms))
        self.rows, self.effect = rows, effect
        self._pattern = pattern_of(asked)
        self._of_rows = [[asked.index(atom) for atom in row.atoms] for row in rows]
        self._said: dict[tuple[bool, ...], Decision] = {}

    def decide(self, facts: Facts) -> Decision:
        pattern = self._pattern(facts)
        said = self._said.get(pattern)
        if said is None:
            said = self._join(pattern, facts)
            if len(self._said) >= _MOST_REMEMBERED:
                self._said.clear()
            self._said[pattern] = said
        return said

    def _join(self, pattern: tuple[bool, ...], facts: Facts) -> Decision:
        own = [tuple([pattern[at] for at in places]) for places in self._of_rows]
        pairs = zip(self.rows, own, strict=True)
        spoken = [row for row, its in pairs if row.speaks(its, facts)]
        effects = {_EFFECTS[row.rule.effect] for row in spoken}
        allowed = self.effect.final_effect(effects) == Effector.ALLOW
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
        self.atoms = atoms(rule.condition)
        self._enforcer = _enforcer([rule])
        self._said: dict[tuple[bool, ...], bool] = {}

    def speaks(self, pattern: tuple[bool, ...], facts: Facts) -> bool:
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
