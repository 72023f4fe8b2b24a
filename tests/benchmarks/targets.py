"""What we aim at, beside what was found: a line for each."""

import operator
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """*found* should be at most (or, with *least*, at least) *aim*, in *unit*."""

    what: str
    aim: float
    found: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return (operator.ge if self.least else operator.le)(self.found, self.aim)


def show(targets: Iterable[Target]) -> None:
    """Print *targets* as a Markdown table."""
    print("| target | aim | found | |")
    print("|---|---|---|---|")
    for each in targets:
        bound = "at least" if each.least else "at most"
        word = "met" if each.met else "**not met**"
        found = f"{each.found:,.4g} {each.unit}".strip()
        print(f"| {each.what} | {bound} {each.aim:g} {each.unit} | {found} | {word} |")
