"""What scenarios show of the rules: which rows decided a case, and what each scenario asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from service.core.actions import Facts
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.rulebook import Rulebook
from service.core.rulefile import Rule
from service.policy.active import Court
from service.scenarios.reading import Scenario
from service.scenarios.runner import Failure, Runner

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


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario, what did not come out of it, if anything, and what was noted meanwhile."""

    scenario: Scenario
    failure: Failure | None
    noted: Noted


def play_all(
    texts: Mapping[str, bytes], court: Court, scenarios: Iterable[Scenario]
) -> Iterator[Played]:
    """Play each of *scenarios* and note what the judge is asked."""
    judge = NotingJudge(court.book)
    runner = None
    for scenario in scenarios:
        runner = runner or Runner(texts, Court(court.book, judge), scenario)
        judge.noted = Noted()
        yield Played(scenario, runner.play(scenario), judge.noted)


def idle_rows(book: Rulebook, played: Iterable[Played]) -> list[Rule]:
    """The rows of *book* that decided nothing of what was *played*."""
    places = {place for each in played for place in each.noted.places}
    return [rule for rule in book.rows if rule.place not in places]
