"""What a check found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """Of *check*: whether it is well, what was found, and the cure where there is one to name.

    *bars*: as long as it is so nobody can be decided about.
    """

    check: str
    state: Literal["ok", "note", "wrong"]
    found: str
    cure: str = ""
    bars: bool = False

    def __str__(self) -> str:
        return f"{self.check}: {self.found}" + (f"; {self.cure}" if self.cure else "")


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", found)


def note(check: str, found: str, cure: str = "") -> Finding:
    """Worth knowing, and nothing that has to be mended."""
    return Finding(check, "note", found, cure)


def wrong(check: str, found: str, cure: str = "") -> Finding:
    """To be mended."""
    return Finding(check, "wrong", found, cure)


def bars(check: str, found: str, cure: str = "") -> Finding:
    """To be mended, and nobody is decided about before."""
    return Finding(check, "wrong", found, cure, bars=True)


def first_bar(found: Iterable[Finding]) -> Finding | None:
    """The first that bars; what comes behind it is not asked."""
    return next((each for each in found if each.bars), None)
