"""Would the scenarios notice? Mutants are judged, and where an answer changes scenarios played."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from service.core.actions import REASONED_BY
from service.core.decision import Decision
from service.core.rulebook import Rulebook
from service.policy.active import Court
from service.policy.situation import UndecidedError
from service.scenarios.coverage import Played, Question
from service.scenarios.mutation import Mutant
from service.scenarios.reading import Scenario
from service.scenarios.runner import Runner

#: What playing breaks with where somebody gets through who never should.
_BREAKS = (SQLAlchemyError, AssertionError, LookupError)


def survivors(
    mutants: Iterable[Mutant], texts: Mapping[str, bytes], court: Court, played: Sequence[Played]
) -> Iterator[Mutant]:
    """The *mutants* of which what was *played* notices nothing, but for those proven to change no
    decision. *texts*: those of the rulebook of *court*."""
    notice = _Notice(court, Runner(texts, court, played[0].scenario), played)
    for mutant in mutants:
        changed = mutant.within(court.book)
        if not notice.of(mutant, changed) and not _proven_alike(court.book, changed, mutant):
            yield mutant


class _Notice:
    def __init__(self, court: Court, runner: Runner, played: Iterable[Played]) -> None:
        self._judge = court.judge
        self._runner = runner
        self._asked: dict[str, dict[Question, list[Scenario]]] = {a: {} for a in court.book.rules}
        for each in played:
            for question in each.noted.questions:
                self._asked[question[0]].setdefault(question, []).append(each.scenario)
        self._answers: dict[Question, Decision] = {
            q: court.judge(*q) for questions in self._asked.values() for q in questions
        }

    def of(self, mutant: Mutant, book: Rulebook) -> bool:
        """Whether a scenario does not come out any more by *book*, which has the *mutant*.

        Only those are played of whose questions one is answered otherwise: all others come out
        as before.
        """
        action = mutant.rule.action
        judge = self._judge.with_rules(action, book.rules[action])
        otherwise = {
            scenario.place: scenario
            for question, scenarios in self._asked[action].items()
            if judge(*question) != self._answers[question]
            for scenario in scenarios
        }
        # A login asks for every option of the menu, at which few look.
        likely = sorted(otherwise.values(), key=_logins, reverse=action in REASONED_BY)
        return any(self._fails(each, Court(book, judge)) for each in likely)

    def _fails(self, scenario: Scenario, changed: Court) -> bool:
        try:
            return self._runner.play(scenario, changed) is not None
        except _BREAKS:
            return True


def _logins(scenario: Scenario) -> int:
    return sum(step.verb == "login" for step in scenario.steps)


def _proven_alike(one: Rulebook, other: Rulebook, mutant: Mutant) -> bool:
    try:
        from service.policy.analysis.changes import differ

        return not differ(one, other, mutant.rule.action)
    except (ImportError, UndecidedError):
        return False
