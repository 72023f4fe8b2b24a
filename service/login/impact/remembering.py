"""A judge that remembers what it said of equal patterns of facts, for judging very many people."""

from service.core.actions import Facts
from service.core.conditions import asked_of, atoms
from service.core.decision import Decision
from service.core.judge import Judge
from service.core.rulebook import Rulebook

_MOST_REMEMBERED = 100_000


class Remembering(Judge):
    """What a judge says depends on nothing but which atoms of the action's rows are true: facts
    that make the same ones true are judged once."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__(book)
        distinct = {
            action: dict.fromkeys(atom for rule in rules for atom in atoms(rule.condition))
            for action, rules in book.rules.items()
        }
        self._asks = {action: [asked_of(a) for a in every] for action, every in distinct.items()}
        self._said: dict[tuple[str, tuple[bool, ...]], Decision] = {}

    def __call__(self, action: str, facts: Facts) -> Decision:
        """Judge *facts*, or say again what was said of others like them."""
        pattern = action, tuple([ask(facts) for ask in self._asks[action]])
        said = self._said.get(pattern)
        if said is None:
            if len(self._said) >= _MOST_REMEMBERED:
                self._said.clear()
            said = self._said[pattern] = super().__call__(action, facts)
        return said
