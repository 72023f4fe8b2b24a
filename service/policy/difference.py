"""The difference of two rulebooks: what stands otherwise, and which answers that changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.core.listing import Listed, data_changed, rows_changed
from service.core.rulebook import Rulebook, read_rulebook
from service.policy.situation import Situation, UndecidedError

NO_SOLVER = "the solver is not installed: pip install 'gatehouse[analysis]'"
Texts = Mapping[str, bytes]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands otherwise (*listed*), and the *situations* answered otherwise.

    *open_questions*: why there may be more situations than these; none when all is proven.
    """

    listed: tuple[Listed, ...]
    situations: tuple[Situation, ...]
    open_questions: tuple[str, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether it is proven that no decision changes."""
        return not self.situations and not self.open_questions


def difference(one: Texts, other: Texts, progress: Progress = lambda _: None) -> Difference:
    """From *one* to *other*; raises RulebookError when either is no rulebook."""
    before, after = read_rulebook(one), read_rulebook(other)
    listed = (*rows_changed(before, after), *data_changed(one, other))
    found: list[Situation] = []
    questions = _beyond(before, after)
    if _judges_alike(before, after):
        return Difference(listed, (), questions)
    try:
        from service.policy.analysis.changes import situations

        for action in after.rules:
            progress(action)
            found += situations(before, after, action)
    except ImportError:
        questions = (*questions, NO_SOLVER)
    except UndecidedError as error:
        questions = (*questions, f"not decided in time: {error}")
    return Difference(listed, tuple(found), questions)


def _judges_alike(one: Rulebook, other: Rulebook) -> bool:
    """Whether rules, calendar and catalogue are the same, so that nothing needs to be proven."""
    rows = [{a: [r.cells for r in rules] for a, rules in b.rules.items()} for b in (one, other)]
    same = (one.calendar, one.catalogue) == (other.calendar, other.catalogue)
    return rows[0] == rows[1] and same


#: What changes answers without changing a fact that a proof speaks of.
_BEYOND: Mapping[str, Callable[[Rulebook], Any]] = {
    "calendar.yaml: the days begin at another instant": lambda b: b.calendar.zone.key,
    "systems.yaml: which entries and systems there are": lambda b: (
        b.catalogue.entries, b.catalogue.outside, b.catalogue.test_environments
    ),
    "roles.yaml: who has property scope": lambda b: {
        code: each.property_scope for code, each in b.catalogue.populations.items()
    },
    "roles.yaml: which roles are narrowed by assignments, or listed as actions": lambda b: {
        code: (each.property_assignment, each.contract_assignment, each.action)
        for code, each in b.catalogue.roles.items()
    },
    "reasons.yaml: a mark of a reason (self_service, unseen_by_coordinators, shown_as_locked)":
    lambda b: {
        code: (each.self_service, each.unseen, each.locked)
        for code, each in b.reasons.by_code.items()
    },
}  # fmt: skip


def _beyond(one: Rulebook, other: Rulebook) -> tuple[str, ...]:
    return tuple(what for what, of in _BEYOND.items() if of(one) != of(other))
