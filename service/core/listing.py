"""What stands in one rulebook and not in another: rows, and leaves of data by their path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.core.findings import Findings
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule
from service.core.strict_yaml import read_mapping

_NAMED_BY = ("population", "year", "name")


@dataclass(frozen=True, slots=True)
class Listed:
    """One difference: where, what stood there before and after ('' for nothing)."""

    place: str
    before: str
    after: str


def rows_changed(one: Rulebook, other: Rulebook) -> Iterator[Listed]:
    """Rows dropped, added or changed; a row that only moved is none of them."""
    for action in other.rules:
        before = _rows(one.rules.get(action, ()))
        after = _rows(other.rules[action])
        gone = [rule for text, rule in before.items() if text not in after]
        new = [rule for text, rule in after.items() if text not in before]
        for rule in gone:
            heir = next(
                (n for n in new if (n.effect, n.reason) == (rule.effect, rule.reason)), None
            )
            if heir is not None:
                new.remove(heir)
            place = (heir or rule).place
            yield Listed(place, _row(rule), _row(heir) if heir else "")
        yield from (Listed(rule.place, "", _row(rule)) for rule in new)


def data_changed(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> Iterator[Listed]:
    """Leaves of the YAML files, by their path, that are not the same."""
    for file in sorted(f for f in {*one, *other} if f.endswith(".yaml")):
        before, after = (dict(_leaves(_read(file, texts), file)) for texts in (one, other))
        for path in sorted({*before, *after}):
            if before.get(path) != after.get(path):
                yield Listed(path, before.get(path, ""), after.get(path, ""))


def _rows(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    return {_row(rule): rule for rule in rules}


def _row(rule: Rule) -> str:
    return ", ".join(rule.cells)


def _read(file: str, texts: Mapping[str, bytes]) -> Any:
    return read_mapping(file, texts[file].decode(), Findings()) if file in texts else {}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}: {key}")
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for inner in value:
            yield from _leaves(inner, f"{path}: {_name(inner)}")
    else:
        yield path, str(value)


def _name(item: Any) -> str:
    """How an item of a list is called: by what people know it by."""
    return " ".join(str(item[key]) for key in _NAMED_BY if key in item) or str(item)
