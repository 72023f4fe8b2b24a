"""What is asked of everybody, or of every recorded decision: what two rulebooks say otherwise."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from service.core.rulebook import read_rulebook
from service.login.impact.change import Flip
from service.login.impact.comparison import Comparison
from service.login.impact.decisions import Decisions
from service.login.impact.people import People
from service.login.stretch import Stretch
from service.policy.difference import Texts


@dataclass(frozen=True, slots=True)
class Question:
    """Of whom the decisions change from the texts *before* to those *after*."""

    before: Texts
    after: Texts
    of: People | Decisions

    def seen_by(self) -> Callable[[Connection, Stretch], list[list[Flip]]]:
        """Who sees whoever flips, each with all flips; raises RulebookError."""
        comparison = Comparison(read_rulebook(self.before), read_rulebook(self.after))
        return lambda connection, stretch: list(self.of.flips(connection, comparison, stretch))
