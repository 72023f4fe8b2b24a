"""How a fact is declared. Facts measure, they never judge; each says its meaning and its unit.

Days are ISO text, '' when there is none. A meaning never changes: a new meaning is a new fact.
"""

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any


class Kind(StrEnum):
    """The unit of a fact; it decides what a rule may compare it with."""

    YES_NO = "yes/no"
    COUNT = "count"
    DAY = "day"
    CODE = "code"
    CODES = "codes"


_PYTHON_TYPE: dict[Kind, type] = {
    Kind.YES_NO: bool,
    Kind.COUNT: int,
    Kind.DAY: str,
    Kind.CODE: str,
    Kind.CODES: tuple,
}


def fact(kind: Kind, meaning: str, *, codes: str = "") -> Any:
    """Declare one fact; *codes* names the list of the catalogue its constants come from."""
    return field(metadata={"kind": kind, "meaning": meaning, "codes": codes})


class Group:
    """Facts that belong together. Refuses any value whose type is not exactly the declared one."""

    __slots__ = ()

    def __post_init__(self) -> None:
        values, expected = _types_of(type(self))
        if tuple(map(type, values(self))) != expected:
            _refuse(self)


def _refuse(group: Group) -> None:
    for name, expected in _expected_types(type(group)):
        if type(getattr(group, name)) is not expected:
            raise TypeError(
                f"fact {name}: expected {expected.__name__}, found `{getattr(group, name)!r}`"
            )


_TYPES: dict[type, tuple[tuple[str, type], ...]] = {}


def _expected_types(group: type) -> tuple[tuple[str, type], ...]:
    if group not in _TYPES:
        _TYPES[group] = tuple((each.name, _expected_type(each)) for each in fields(group))
    return _TYPES[group]


_Values = Callable[[Any], tuple[Any, ...]]
_READ: dict[type, tuple[_Values, tuple[type, ...]]] = {}


def _types_of(group: type) -> tuple[_Values, tuple[type, ...]]:
    """How the facts of *group* are read all at once, and the types they have to be of."""
    if group not in _READ:
        names, types = zip(*_expected_types(group), strict=True)
        together = attrgetter(*names) if len(names) > 1 else lambda of: (getattr(of, names[0]),)
        _READ[group] = together, types
    return _READ[group]


def _expected_type(declared: Field[Any]) -> type:
    if kind := declared.metadata.get("kind"):
        return _PYTHON_TYPE[kind]
    assert isinstance(declared.type, type), f"{declared.name} is neither a fact nor a group"
    return declared.type


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Group):
    """Facts of a day."""

    today: str = fact(Kind.DAY, "The day of the question, in the zone of calendar.yaml.")


@dataclass(frozen=True, slots=True)
class Declared:
    """One fact as a rule writes it, with its unit, meaning and list of codes."""

    path: str
    kind: Kind
    meaning: str
    codes: str


def declared_by(group: type) -> dict[str, Declared]:
    """Every fact of *group* and of the groups inside it, by the path a rule writes."""
    return {each.path: each for each in _walk(group, "")}


def _walk(group: type, prefix: str) -> list[Declared]:
    found: list[Declared] = []
    for each in fields(group):
        if each.metadata:
            found.append(Declared(prefix + each.name, **each.metadata))
        else:
            found += _walk(_expected_type(each), f"{prefix}{each.name}.")
    return found


def as_groups(group: Group) -> dict[str, Any]:
    """The facts as plain nested dictionaries: what Casbin is asked with and the ledger keeps."""
    plain: dict[str, Any] = {}
    for name, _ in _expected_types(type(group)):
        value = getattr(group, name)
        plain[name] = as_groups(value) if isinstance(value, Group) else value
    return plain
