"""The corpus: damaged policy folders, each of a kind an author or an attacker would make.

What is done to one file stands in the tables of tests/core and is taken from there; what is done
to a folder, and to the files those tables do not touch, stands here.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.core.invariants import INVARIANTS_FILE
from service.core.laws import LAWS_FILE
from service.core.model import MODEL_FILE
from service.core.reasons import REASONS_FILE
from service.core.sources import SOURCES_FILE
from tests.core.policy_texts import LOGIN, Damage, changed, replaced, row_of
from tests.core.test_damage import HIDDEN_SIGNS, LAW_OF_EVERY_FILE
from tests.core.test_damaged_conditions import CONDITION, CONDITIONS
from tests.core.test_damaged_model import EDITS
from tests.core.test_damaged_reasons import CURES
from tests.core.test_damaged_rows import CELLS, PARAGRAPHS
from tests.core.test_damaged_yaml import DAMAGES as OF_YAML

ROW = row_of(LOGIN, "INACTIVE")
UNLOCK = "rules/unlock.csv"


@dataclass(frozen=True, slots=True)
class Damaged:
    """A kind of damage to a folder, the file that must be named for it, and what must be said."""

    name: str
    do: Callable[[Path], object]
    file: str
    word: str


def corpus() -> dict[str, Damaged]:
    """Every kind of damage, by its name."""
    every = [*_FOLDERS, *(_written(each) for each in _texts())]
    return {each.name: each for each in every}


def _written(damage: Damage) -> Damaged:
    def write(folder: Path) -> None:
        (folder / damage.file).write_bytes(changed(damage.file, damage.change)[damage.file])

    return Damaged(f"{damage.file}: {damage.name}", write, damage.file, damage.word)


def _texts() -> Iterator[Damage]:
    """Damages to one file: those of the tables, each kind once, and those of no table."""
    kinds = {each.name: each for each in OF_YAML}
    yield from kinds.values()
    yield from (Damage(name, LOGIN, how, at, word) for name, how, at, word in LAW_OF_EVERY_FILE)
    for name, sign in HIDDEN_SIGNS.items():
        yield Damage(name, LOGIN, replaced(ROW, sign + ROW), None, "hidden sign")
    for name, (condition, word) in CONDITIONS.items():
        row = ROW.replace(CONDITION, condition)
        yield Damage(f"the condition {name}", LOGIN, replaced(ROW, row), None, word)
    for name, line, edit in EDITS:
        yield Damage(name, MODEL_FILE, replaced(f"\n{line}\n", f"\n{edit}\n"), None, "expected `")
    for name, row in CELLS.items():
        yield Damage(f"the row {name}", LOGIN, replaced(ROW, row), None, "expected `p, login, ")
    yield from (Damage(name, LOGIN, how, at, word) for name, how, at, word in PARAGRAPHS)
    for name, old, new, _, word in CURES:
        yield Damage(name, REASONS_FILE, replaced(old, new), None, word)
    for name, file, old, new, word in _MORE:
        yield Damage(name, file, replaced(old, new), None, word)


_MORE = [
    ("effect and reason swapped", LOGIN, "deny, INACTIVE", "INACTIVE, deny", "allow or deny"),
    ("action and effect swapped", LOGIN, "login, deny, INACTIVE", "deny, login, INACTIVE",
     "expected the action login"),
    ("a row of another action", UNLOCK, "p, unlock, allow", "p, flag, allow", "the action unlock"),
    ("merge conflict", LOGIN, ROW, f"<<<<<<< HEAD\n{ROW}\n=======\n{ROW}\n>>>>>>> draft",
     "one row in a paragraph"),
    ("merge conflict", REASONS_FILE, "  INACTIVE:\n", "<<<<<<< HEAD\n  INACTIVE:\n", "expected"),
    ("no end", LAWS_FILE, "# End of fact_laws.txt", "# The end", "is it cut?"),
    ("an unknown fact", LAWS_FILE, "r.entry != ''", "r.entri != ''", "unknown fact r.entri"),
    ("an unknown code", LAWS_FILE, "'INACTIVE'", "'INACTIV'", "unknown code `INACTIV`"),
    ("words for signs", LAWS_FILE, "r.user.known || ", "r.user.known or ", "expected"),
    ("a law without words", LAWS_FILE, "# A login names an entry.\n", "", "says it in words"),
    ("a row among laws", LAWS_FILE, "r.entry != ''", ROW, "expected"),
    ("an unknown action", INVARIANTS_FILE, "action: login", "action: log_in", "unknown action"),
    ("an unknown fact", INVARIANTS_FILE, '"!r.user.known"', '"!r.user.knwn"', "unknown fact"),
    ("never deny", INVARIANTS_FILE, "never: allow", "never: deny", "expected `never: allow`"),
    ("never and gives", INVARIANTS_FILE, "never: allow", "never: allow\n    gives: INACTIVE",
     "expected one of"),
    ("neither never nor gives", INVARIANTS_FILE, "    never: allow\n", "", "expected one of"),
    ("a reason no row gives", INVARIANTS_FILE, "gives: INACTIVE", "gives: IDLE", "no rule of"),
    ("no authority", INVARIANTS_FILE, "    authority: Q&A 2 steps 2-4\n", "", "`authority`"),
    ("no title", SOURCES_FILE, "    title: ", "    titel: ", "unknown key `titel`"),
    ("a source twice", SOURCES_FILE, "sources:\n", "sources:\n  Q&A:\n    title: x\n", "once"),
]  # fmt: skip


def _moved(old: str, new: str) -> Callable[[Path], object]:
    return lambda folder: (folder / old).rename(folder / new)


def _copied(old: str, new: str) -> Callable[[Path], object]:
    return lambda folder: shutil.copy(folder / old, folder / new)


def _gone(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def _linked(name: str, target: str) -> Callable[[Path], object]:
    def link(folder: Path) -> None:
        (folder / name).rename(folder.parent / Path(name).name)
        (folder / name).symlink_to(target)

    return link


def _replaced_by_folder(folder: Path) -> None:
    (folder / LOGIN).unlink()
    (folder / LOGIN).mkdir()


def _replaced_by_pipe(folder: Path) -> None:
    (folder / LOGIN).unlink()
    os.mkfifo(folder / LOGIN)


def _swapped(one: str, other: str) -> Callable[[Path], object]:
    def swap(folder: Path) -> None:
        texts = [(folder / name).read_bytes() for name in (one, other)]
        (folder / one).write_bytes(texts[1])
        (folder / other).write_bytes(texts[0])

    return swap


_FOLDERS = [
    Damaged("a rule file missing", _gone(UNLOCK), UNLOCK, "it is missing"),
    Damaged("the calendar missing", _gone("calendar.yaml"), "calendar.yaml", "it is missing"),
    Damaged("no model", _gone(MODEL_FILE), MODEL_FILE, "it is missing"),
    Damaged("no laws", _gone(LAWS_FILE), LAWS_FILE, "it is missing"),
    Damaged("no rules at all", lambda f: shutil.rmtree(f / "rules"), LOGIN, "it is missing"),
    Damaged("an empty folder", lambda f: (shutil.rmtree(f), f.mkdir()), LOGIN, "it is missing"),
    Damaged("no folder", shutil.rmtree, "", "expected a policy folder"),
    Damaged("a file for a folder", lambda f: (shutil.rmtree(f), f.touch()), "", "policy folder"),
    Damaged("set aside", _moved(LOGIN, "rules/login.bak"), "rules/login.bak", "unexpected file"),
    Damaged("in capitals", _moved(LOGIN, "rules/Login.csv"), "rules/Login.csv", "unexpected"),
    Damaged("one folder up", _moved(LOGIN, "login.csv"), "login.csv", "unexpected file"),
    Damaged("a space behind", _moved(LOGIN, f"{LOGIN} "), f"{LOGIN} ", "unexpected file"),
    Damaged("a homoglyph", _moved(LOGIN, "rules/l\u043egin.csv"), "rules/l\u043egin.csv", "unexp"),
    Damaged("a copy", _copied(LOGIN, "rules/login (1).csv"), "rules/login (1).csv", "unexpected"),
    Damaged("a backup", _copied(LOGIN, f"{LOGIN}~"), f"{LOGIN}~", "unexpected file"),
    Damaged("a swap file", _copied(LOGIN, "rules/.login.swp"), "rules/.login.swp", "unexpected"),
    Damaged("a reject", _copied(LOGIN, f"{LOGIN}.rej"), f"{LOGIN}.rej", "unexpected file"),
    Damaged(
        "an action of no code", _copied(LOGIN, "rules/log_off.csv"), "rules/log_off.csv", "un"
    ),
    Damaged("YAML twice", _copied("roles.yaml", "roles.yml"), "roles.yml", "unexpected file"),
    Damaged("a folder more", lambda f: (f / "old").mkdir(), "old", "unexpected file"),
    Damaged("rules below", lambda f: (f / "rules/old").mkdir(), "rules/old", "unexpected file"),
    Damaged("a folder for a file", _replaced_by_folder, LOGIN, "unexpected file"),
    Damaged("a pipe for a file", _replaced_by_pipe, LOGIN, "unexpected file"),
    Damaged("a link", _linked(LOGIN, "../../login.csv"), LOGIN, "found a link"),
    Damaged("a link to nothing", _linked(LOGIN, "nowhere"), LOGIN, "found a link"),
    Damaged("a link without end", _linked(LOGIN, "/dev/zero"), LOGIN, "found a link"),
    Damaged("rules elsewhere", _linked("rules", "../rules"), "rules", "found a link"),
    Damaged("scenarios elsewhere", _linked("scenarios", "../scenarios"), "scenarios", "a link"),
    Damaged("two rule files swapped", _swapped(LOGIN, UNLOCK), UNLOCK, "expected the action"),
    Damaged("two data files swapped", _swapped("roles.yaml", "systems.yaml"), "roles.yaml", "key"),
    Damaged("one for another", _copied(UNLOCK, "rules/flag.csv"), "rules/flag.csv", "the action"),
]
