"""Take each guard out of a copy of the project, and see its test fail: `make guards`.

A guard whose test passes without it guards nothing, or is not looked at. The copy is made anew for
each; what is printed is the line that failed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
_PARTS = ("models", "service", "policies", "tests", "demo")
_FILES = ("pyproject.toml", "wsgi.py", "README.md", "CONTROLS.md", "Makefile")
_GUARDS = Path(__file__).with_name("guards.yaml")
_PATIENCE = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands in *file*, what is put in its place, and the *test* that has to notice."""

    promise: str
    file: str
    stands: str
    instead: str
    test: str
    env: dict[str, str]


def guards() -> list[Guard]:
    """Every guard."""
    return [Guard(**{"env": {}, **each}) for each in yaml.safe_load(_GUARDS.read_text())]


def copied(folder: Path) -> None:
    """Copy the project to *folder*."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in _FILES:
        shutil.copy(ROOT / file, folder)


def without(guard: Guard, folder: Path) -> None:
    """Take *guard* out of the copy in *folder*."""
    file = folder / guard.file
    text = file.read_text()
    assert guard.stands in text, f"{guard.file}: there is no `{guard.stands}`"
    file.write_text(text.replace(guard.stands, guard.instead))


def failed(guard: Guard) -> str:
    """The line on which its test fails without *guard*; '' when it passes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # a database server of another user looks in
        copied(folder)
        without(guard, folder)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        names = {**os.environ, "PYTHONPATH": name, **guard.env}
        ran = subprocess.run(
            [*command, guard.test],
            cwd=folder,
            env=names,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    if ran.returncode == 0:
        return ""
    assert ran.returncode == 1, ran.stdout[-2000:] + ran.stderr[-2000:]
    said = [line for line in ran.stdout.splitlines() if line.startswith("E  ")]
    return said[0].removeprefix("E").strip() if said else ran.stdout.splitlines()[-1]


def main(wanted: list[str]) -> int:
    """See every guard (or those of the promises *wanted*) missed; how many were not."""
    missed, chosen = 0, [each for each in guards() if not wanted or each.promise in wanted]
    with ThreadPoolExecutor(os.cpu_count()) as at_once:
        lines = at_once.map(failed, chosen)
        for at, (guard, line) in enumerate(zip(chosen, lines, strict=True), 1):
            missed += not line
            noticed = f"noticed: {line[:120]}" if line else "NOT NOTICED"
            where = f"{at}/{len(chosen)} {guard.promise} {guard.file}"
            print(f"{where}: {guard.test.partition('::')[2]}: {noticed}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
