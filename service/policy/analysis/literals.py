"""A condition that people can read: atoms that hold or do not, written as rules are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import z3

from service.core.conditions import MEMBER, Atom

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Literal:
    """An atom that holds, or does not."""

    atom: Atom
    holds: bool
    formula: Any

    @property
    def asked(self) -> Any:
        """That it is so."""
        return self.formula if self.holds else z3.Not(self.formula)


def written(literals: Sequence[Literal]) -> str:
    """The literals as one condition in the rules' language, those of a fact drawn together."""
    words = [_word(each) for each in literals if each.atom.compare in ("", MEMBER)]
    compared: dict[str, list[Atom]] = {}
    for literal in literals:
        if literal.atom.compare not in ("", MEMBER):
            compared.setdefault(literal.atom.fact, []).append(_turned(literal))
    words += [text for fact, each in compared.items() for text in _together(fact, each)]
    return " && ".join(sorted(set(words))) or "always"


def _word(literal: Literal) -> str:
    text = str(literal.atom)
    plain = text if not literal.atom.compare else f"({text})"
    return text if literal.holds else f"!{plain}"


def _turned(literal: Literal) -> Atom:
    atom = literal.atom
    return atom if literal.holds else replace(atom, compare=_OPPOSITE[atom.compare])


def _together(fact: str, atoms: list[Atom]) -> list[str]:
    """What atoms about one fact say together: equal, from, to, and what is left."""
    known = [a for a in atoms if not a.other_fact]
    low = [_from(a) for a in known if a.compare in (">", ">=", "==")]
    high = [_to(a) for a in known if a.compare in ("<", "<=", "==")]
    with_others = [str(a) for a in atoms if a.other_fact]
    if low and high and max(low) == min(high):
        return [*with_others, f"r.{fact} == {max(low)!r}"]
    found = [str(a) for a in known if a.compare == "!="]
    found += [f"r.{fact} >= {max(low)!r}"] if low and max(low) not in ("", 0) else []
    found += [f"r.{fact} <= {min(high)!r}"] if high else []
    return [*with_others, *found]


def _from(atom: Atom) -> Any:
    return _moved(atom.constant, 1) if atom.compare == ">" else atom.constant


def _to(atom: Atom) -> Any:
    return _moved(atom.constant, -1) if atom.compare == "<" else atom.constant


def _moved(constant: Any, by: int) -> Any:
    if isinstance(constant, int):
        return constant + by
    if constant == "":
        return "" if by < 0 else "1900-01-01"
    return (date.fromisoformat(constant) + timedelta(days=by)).isoformat()
