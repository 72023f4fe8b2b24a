"""Facts given by hand, for a question nobody has asked yet."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from service.core.actions import ACTIONS, Facts, declared
from service.core.facts import Declared, Group, Kind
from service.core.language import LanguageError, read_day

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_NOTHING: Mapping[Kind, Any] = {
    Kind.YES_NO: False,
    Kind.COUNT: 0,
    Kind.DAY: "",
    Kind.CODE: "",
    Kind.CODES: (),
}


def facts_by_hand(action: str, given: Mapping[str, str], *, today: str) -> Facts:
    """The facts of *action*; what is not *given* is no, 0, '' or nothing, and the day is *today*.

    Raises LanguageError for a fact that is not known or not of its kind.
    """
    known = declared(action)
    for path in given:
        if path not in known:
            raise LanguageError(f"unknown fact {path}; `gatehouse policy facts` lists them")
    values = {path: _NOTHING[each.kind] for path, each in known.items()}
    values |= {"today": today} if "today" in known else {}
    values |= {path: _value(known[path], text) for path, text in given.items()}
    made: Facts = _group(ACTIONS[action], "", values)
    return made


def _value(fact: Declared, text: str) -> Any:
    match fact.kind:
        case Kind.YES_NO if text in _YES_NO:
            return _YES_NO[text]
        case Kind.COUNT if text.isascii() and text.isdigit():
            return int(text)
        case Kind.DAY:
            return text and read_day(text)
        case Kind.CODE:
            return text
        case Kind.CODES:
            return tuple(each for each in text.split(",") if each)
    raise LanguageError(f"{fact.path}: expected a {fact.kind}, found `{text}`")


def _group(group: type, prefix: str, values: Mapping[str, Any]) -> Any:
    made = {}
    for each in fields(group):
        path = prefix + each.name
        inner = isinstance(each.type, type) and issubclass(each.type, Group)
        made[each.name] = _group(each.type, f"{path}.", values) if inner else values[path]  # type: ignore[arg-type]
    return group(**made)
