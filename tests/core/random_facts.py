"""Facts at random, of the declared kinds: around every threshold a rule names, days few enough to
meet, codes of the catalogue."""

from collections.abc import Mapping
from typing import Any

from service.core.actions import ACTIONS, Facts, declared
from service.core.conditions import atoms
from service.core.facts import Declared, Group, Kind
from service.core.rulebook import Rulebook

_DAYS = ("", "2017-07-28", "2017-08-31", "2017-09-01", "2017-10-21", "2017-10-23", "2018-01-01")


def values_of(book: Rulebook, action: str) -> dict[str, list[Any]]:
    """The values each fact of *action* is drawn from, by the path a rule writes."""
    asked = [
        atom for rules in book.rules.values() for rule in rules for atom in atoms(rule.condition)
    ]
    days = {a.constant for a in asked if isinstance(a.constant, str) and a.constant[:1].isdigit()}
    codes = {name: ["", *sorted(each)] for name, each in book.catalogue.codes().items()}

    def values(path: str, fact: Declared) -> list[Any]:
        match fact.kind:
            case Kind.YES_NO:
                return [False, True]
            case Kind.COUNT:
                counts = {a.constant for a in asked if a.fact == path and type(a.constant) is int}
                return sorted({0, *(n + near for n in counts for near in (-1, 0, 1))})
            case Kind.DAY:
                return sorted({*_DAYS, *days})
            case Kind.CODE:
                return codes[fact.codes]

    return {path: values(path, fact) for path, fact in declared(action).items()}


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
