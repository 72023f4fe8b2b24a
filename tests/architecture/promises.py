"""What is promised and which tests show it, as a table for people: `make controls` writes it."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "CONTROLS.md"
_SOURCE = Path(__file__).with_name("promises.yaml")
_HEAD = """\
# Promises, controls, and the tests that show them

Made by `make controls` from `tests/architecture/promises.yaml`. `make test` fails when this page
is not what that makes, or names a test that is not there, or one for which no guard stands in
`tests/guards/guards.yaml`; `make guards` takes each guard out and sees its test fail.

"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A promise or a control: its code, what is so, and the tests that show it."""

    code: str
    says: str
    tests: tuple[str, ...]
    name: str = ""
    promises: tuple[str, ...] = ()


def promises() -> list[Shown]:
    """What is promised."""
    return [_shown(code, each) for code, each in _read()["promises"].items()]


def controls() -> list[Shown]:
    """The controls of NIST SP 800-53 that are answered."""
    return [_shown(code, each) for code, each in _read()["controls"].items()]


def table() -> str:
    """The page."""
    lines = [_HEAD, "## Promises\n\n| | promise | shown by |\n|---|---|---|\n"]
    lines += [f"| {each.code} | {each.says} | {_links(each)} |\n" for each in promises()]
    lines.append(
        "\n## NIST SP 800-53\n\n| control | in Gatehouse | promises | and |\n|---|---|---|---|\n"
    )
    for each in controls():
        kept = ", ".join(each.promises)
        lines.append(f"| {each.code} {each.name} | {each.says} | {kept} | {_links(each)} |\n")
    return "".join(lines)


def names_in(file: str) -> set[str]:
    """The names of the tests in *file*."""
    tree = ast.parse((ROOT / file).read_text())
    return {
        each.name
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


def _links(each: Shown) -> str:
    return "<br>".join(f"[{_words(test)}]({test.partition('::')[0]})" for test in each.tests)


def _words(test: str) -> str:
    return test.partition("::test_")[2].replace("_", " ")


def _read() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_SOURCE.read_text())
    return document


def _shown(code: str, said: dict[str, Any]) -> Shown:
    kept = tuple(said.get("promises", ()))
    return Shown(code, said["says"], tuple(said["tests"]), said.get("name", ""), kept)


if __name__ == "__main__":
    TABLE.write_text(table())
