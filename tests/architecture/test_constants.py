"""No constant, day or code of policy stands in Python: what may happen is said in policies/."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from service.core.actions import declared
from service.core.conditions import atoms
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import FILES, Rulebook, read_rulebook

ROOT = Path(__file__).parents[2]
UNCOUNTED = (0, 1, "")
OF_PYTHON = {"actions", "calls", "scopes"}


@cache
def rulebook() -> Rulebook:
    """The shipped rulebook."""
    return read_rulebook({path: (ROOT / "policies" / path).read_bytes() for path in FILES})


def constants() -> set[str | int]:
    """What the rules compare facts with, but for what Python itself names: the actions, by their
    rule files, the calls, by their doors, and the words for what a client may hold."""
    found = {
        atom.constant
        for action, rules in rulebook().rules.items()
        for rule in rules
        for atom in atoms(rule.condition)
        if atom.constant is not None and declared(action)[atom.fact].codes not in OF_PYTHON
    }
    return found - set(UNCOUNTED)


def days() -> set[str | int]:
    """Every day of the calendar."""
    calendar = rulebook().calendar
    windows = [each for every in calendar.windows.values() for each in every]
    return {calendar.tracking_began_on, *(day for w in windows for day in (w.opens, w.closes))}


def codes() -> set[str | int]:
    """Roles, the entries they open, populations and the populations windows are for."""
    catalogue = rulebook().catalogue
    windows = {each.windows for each in catalogue.populations.values()}
    populations = {*catalogue.populations, *windows, *rulebook().calendar.windows}
    return {*catalogue.roles, *catalogue.entries, *populations}


def files(*folders: str) -> list[Path]:
    """Every Python file of *folders*."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, folders
    return found


def literals(path: Path) -> Iterator[tuple[int, str | int]]:
    """Every text or number written in the code of *path*, docstrings aside."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (str, int):
            if id(node) in docstrings:
                continue
            yield node.lineno, node.value


@pytest.mark.parametrize("policy", [constants, days, codes], ids=lambda each: each.__name__)
def test_nothing_of_policy_is_written_in_python(policy):
    of_policy = policy()
    assert of_policy

    written = [
        f"{path.relative_to(ROOT)}:{line}: {value!r}"
        for path in files("service", "models")
        for line, value in literals(path)
        if value in of_policy
    ]

    assert written == []


def test_python_knows_one_reason_and_no_role():
    names = {*rulebook().catalogue.roles, *rulebook().reasons.by_code} - {NO_RULE_ALLOWS}
    name = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(sorted(names))})(?![A-Za-z0-9_])")

    named = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files("service")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if name.search(line)
    ]

    assert named == []


def test_the_search_finds_what_it_looks_for(tmp_path):
    written = tmp_path / "written.py"
    written.write_text(
        '"""external"""\n\n\ndef f(day: int = 90) -> str:\n    """external"""\n'
        '    return f"{day}" if day > 0 else "external"\n'
    )

    found = {value for _, value in literals(written)}

    assert found & {*constants(), *codes()} == {90, "external"}
