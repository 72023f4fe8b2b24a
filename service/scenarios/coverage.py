"""What scenarios show of the rules: which rows decided a case, and what each scenario asked."""

from dataclasses import dataclass, field

from service.core.actions import Facts
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule

Question = tuple[str, Facts]


class NotingJudge(Judge):
    """A judge that notes what it was asked, and the places of the rows it answered by."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__(book)
        self.noted = Noted()

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge as ever, and note it."""
        decision = super().__call__(action, facts)
        self.noted.questions.add((action, facts))
        self.noted.places.update(reason.rule for reason in decision.reasons)
        return decision


@dataclass(slots=True)
class Noted:
    """Questions, and the places of rows."""

    questions: set[Question] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def idle_rows(book: Rulebook, places: set[str]) -> list[Rule]:
    """The rows of *book* that are not at any of the *places*."""
    rules = [rule for every in book.rules.values() for rule in every]
    return [rule for rule in rules if rule.place not in places]
