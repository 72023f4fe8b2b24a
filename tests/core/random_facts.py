"""Facts at random, of the declared kinds: around every threshold a rule names, days few enough to
meet, codes of the catalogue, lists of the codes that rules ask for."""

from collections.abc import Mapping, Set
from itertools import chain, combinations
from typing import Any

from service.core.actions import ACTIONS, REASONED_BY, REASONS, Facts, declared
from service.core.conditions import atoms
from service.core.facts import Declared, Group, Kind
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import Rulebook

_DAYS = ("", "2017-07-28", "2017-08-31", "2017-09-01", "2017-10-21", "2017-10-23", "2018-01-01")


def values_of(book: Rulebook, action: str) -> dict[str, list[Any]]:
    """The values each fact of *action* is drawn from, by the path a rule writes."""
    asked = [
        atom for rules in book.rules.values() for rule in rules for atom in atoms(rule.condition)
    ]
    days = {a.constant for a in asked if isinstance(a.constant, str) and a.constant[:1].isdigit()}
    codes = {name: sorted(each) for name, each in codes_of(book).items()}

    def values(path: str, fact: Declared) -> list[Any]:
        match fact.kind:
            case Kind.YES_NO:
                return [False, True]
            case Kind.COUNT:
                counts = {a.constant for a in asked if a.fact == path and type(a.constant) is int}
                compared = any(a.other_fact and path in (a.fact, a.other_fact) for a in asked)
                few = range(3) if compared else (0,)
                return sorted({*few, *(n + near for n in counts for near in (-1, 0, 1))})
            case Kind.DAY:
                return sorted({*_DAYS, *days})
            case Kind.CODE:
                return ["", *codes[fact.codes]]
            case Kind.CODES:
                return _lists(codes[fact.codes], {a.constant for a in asked if a.fact == path})

    return {path: values(path, fact) for path, fact in declared(action).items()}


def codes_of(book: Rulebook) -> dict[str, frozenset[str]]:
    """The lists of codes a rule's constants may come from, the reasons of logins among them."""
    given = {rule.reason for action in REASONED_BY for rule in book.rules[action]}
    return {**book.catalogue.codes(), REASONS: frozenset({NO_RULE_ALLOWS, *given})}


def _lists(known: list[str], asked: Set[Any]) -> list[tuple[str, ...]]:
    """Every list of the codes *asked* for, alone and behind all the others of *known*."""
    others = tuple(code for code in known if code not in asked)
    wanted = sorted(asked)
    lists = chain.from_iterable(combinations(wanted, n) for n in range(len(wanted) + 1))
    return [each for some in lists for each in (some, (*others, *some))]


def facts_from(action: str, values: Mapping[str, Any]) -> Facts:
    """The facts of *action* with the *values* of each path."""
    return _group(ACTIONS[action], "", values)


def _group(group: type, prefix: str, values: Mapping[str, Any]) -> Any:
    made: dict[str, Any] = {}
    for name, kind in group.__dataclass_fields__.items():
        path = prefix + name
        inner = isinstance(kind.type, type) and issubclass(kind.type, Group)
        made[name] = _group(kind.type, f"{path}.", values) if inner else values[path]
    return group(**made)
