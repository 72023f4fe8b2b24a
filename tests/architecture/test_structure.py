"""What no review should have to repeat: who may know what, and who may end a transaction."""

import ast
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENDS_NO_TRANSACTION = ("login", "people", "ledger", "policy")
READS_THE_TIME = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
}


def _modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module below *folders* by its path from the root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _imported(module: ast.Module) -> set[str]:
    """The top-level names a module imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _called(module: ast.Module) -> Iterator[str]:
    """What a module calls, as it writes it."""
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    return (ast.unparse(call.func) for call in calls)


def _importers(library: str) -> set[str]:
    return {path for path, module in _modules("service", "models") if library in _imported(module)}


@pytest.mark.parametrize("part", ENDS_NO_TRANSACTION)
def test_who_opens_a_transaction_ends_it_and_no_one_below(part: str) -> None:
    ending = (".commit", ".rollback", ".begin", ".begin_nested")

    found = {
        path: [call for call in _called(module) if call.endswith(ending)]
        for path, module in _modules(f"service/{part}")
    }

    assert found
    assert not {path: calls for path, calls in found.items() if calls}


def test_the_frozen_distribution_of_casbin_is_not_installed() -> None:
    names = {(each.metadata["Name"] or "").lower() for each in distributions()}

    assert "pycasbin" in names
    assert "casbin" not in names


def test_only_the_judge_knows_casbin() -> None:
    assert _importers("casbin") == {"service/core/judge.py"}


def test_the_time_is_read_in_one_place() -> None:
    readers = {
        path
        for path, module in _modules("service", "models")
        if any(call.split("dt.")[-1] in READS_THE_TIME for call in _called(module))
        or any(call.endswith((".now", ".utcnow", ".today")) for call in _called(module))
    }

    assert readers == {"service/clock.py"}


@pytest.mark.parametrize("library", ["flask", "flask_smorest", "werkzeug"])
def test_only_the_web_knows_http(library: str) -> None:
    outside = {path for path in _importers(library) if not path.startswith("service/web/")}

    assert outside <= {"service/app.py", "service/serving.py", "service/server.py"}


def test_the_core_is_pure() -> None:
    impure = {"flask", "sqlalchemy", "alembic", "marshmallow", "models", "os", "click", "time"}

    found = {path: _imported(module) & impure for path, module in _modules("service/core")}

    assert found
    assert not {path: names for path, names in found.items() if names}


def test_the_environment_is_read_at_the_entries_alone() -> None:
    readers = {
        path
        for path, module in _modules("service", "models")
        if "os.environ" in ast.unparse(module) or "os.getenv" in ast.unparse(module)
    }

    assert readers == {"service/cli/main.py"}


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path, module in _modules("service", "models") if not _says(module)]

    assert not silent


def _says(module: ast.Module) -> bool:
    return bool(ast.get_docstring(module))
