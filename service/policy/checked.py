"""A rulebook checked as a whole: read strictly, linted, its invariants and rows proven."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.core.findings import Finding
from service.core.lint import lint
from service.core.rulebook import Rulebook
from service.policy.active import Court, court_of
from service.policy.difference import NO_SOLVER
from service.policy.situation import Disproof, UndecidedError

PROVEN = "proven"
#: Hands on each of some things that take their time, and may show how far it is.
Track = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be mended in the rulebook of *court*; whether all was proven (PROVEN), or why
    not."""

    court: Court
    findings: tuple[Finding, ...]
    disproofs: tuple[Disproof, ...]
    proof: str

    @property
    def book(self) -> Rulebook:
        """The rulebook that was checked."""
        return self.court.book

    @property
    def in_order(self) -> bool:
        """Whether there is nothing to mend; what is not proven is no mistake."""
        return not self.findings and not self.disproofs


def check(texts: Mapping[str, bytes], as_of: datetime, track: Track = iter) -> Checked:
    """Check *texts* as of *as_of*; raises RulebookError when they are no rulebook."""
    court = court_of(texts)
    book = court.book
    found, proof = _prove(book, track)
    findings = lint(book, texts, book.calendar.day_of(as_of))
    return Checked(court, tuple(findings), tuple(found), proof)


def _prove(book: Rulebook, track: Track) -> tuple[list[Disproof], str]:
    """What does not hold, and whether all was proven."""
    found: list[Disproof] = []
    try:
        from service.policy.analysis.proof import claims

        for claim in track(list(claims(book))):
            found += claim()
    except ImportError:
        return found, NO_SOLVER
    except UndecidedError as error:
        return found, f"not decided in time: {error}"
    return found, PROVEN
