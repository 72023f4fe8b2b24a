"""The shipped policy texts, small changes to them, and what the strict reader says of a change."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.core.findings import Finding, RulebookError
from service.core.rulebook import FILES, read_rulebook

POLICIES = Path(__file__).parents[2] / "policies"
LOGIN, OPEN_PROPERTY, OTHER_SYSTEM = (
    f"rules/{action}.csv" for action in ("login", "open_property", "other_system")
)

Texts = dict[str, bytes]
Change = Callable[[str], str | bytes]
Place = str | Callable[[str], int] | None


def shipped() -> Texts:
    """The policy texts as they are shipped, by their path."""
    return {path: (POLICIES / path).read_bytes() for path in FILES}


def changed(file: str, change: Change) -> Texts:
    """The shipped texts with *change* made to one file, which must then differ."""
    texts = shipped()
    after = change(texts[file].decode())
    raw = after if isinstance(after, bytes) else after.encode()
    assert raw != texts[file], f"the change left {file} as it was"
    return {**texts, file: raw}


def findings_of(texts: Texts) -> list[Finding]:
    """Everything read_rulebook refuses *texts* for; fails when it refuses nothing."""
    with pytest.raises(RulebookError) as refused:
        read_rulebook(texts)
    return refused.value.findings


@dataclass(frozen=True)
class Damage:
    """One way to damage a file, where it must be noticed and a word that must be said.

    *at* is text of the damaged line, or a function from the damaged text to the line's number, or
    None where any line of the file will do.
    """

    name: str
    file: str
    change: Change
    at: Place
    word: str

    def expected_line(self, damaged: str) -> int | None:
        """The number of the line at which the damage must be reported."""
        if isinstance(self.at, str):
            return line_of(damaged, self.at)
        return self.at(damaged) if self.at else None


def assert_refused(damage: Damage) -> None:
    """The strict reader refuses *damage*, naming its file and line and saying its word."""
    texts = changed(damage.file, damage.change)

    findings = findings_of(texts)

    line = damage.expected_line(texts[damage.file].decode(errors="replace"))
    told = [each for each in findings if each.file == damage.file and line in (None, each.line)]
    assert any(damage.word in each.message for each in told), [str(each) for each in findings]


def line_of(text: str, part: str) -> int:
    """The line on which *part* last begins."""
    assert part in text, f"`{part}` is not in the text"
    return text.count("\n", 0, text.rindex(part)) + 1


def first_line(_: str) -> int:
    """Where damage to a whole file is reported."""
    return 1


def last_line(text: str) -> int:
    """The last line, with or without a line end."""
    return text.removesuffix("\n").count("\n") + 1


def replaced(old: str, new: str) -> Change:
    """A change of the first *old* into *new*."""

    def change(text: str) -> str:
        assert old in text, f"`{old}` is not in the text"
        return text.replace(old, new, 1)

    return change


def rows(file: str) -> list[str]:
    """The rows of a shipped rule file."""
    lines = shipped()[file].decode().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def row_of(file: str, reason: str) -> str:
    """The only row of *file* that gives *reason*."""
    (found,) = (row for row in rows(file) if row.split(", ")[3] == reason)
    return found


def paragraph_of(file: str, row: str) -> str:
    """The comments above *row*, and the row."""
    paragraphs = shipped()[file].decode().split("\n\n")
    (found,) = (each for each in paragraphs if each.endswith(row))
    return found
