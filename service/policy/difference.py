"""The difference of two rulebooks: what stands otherwise, and which answers that changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from service.core.listing import Listed, data_changed, rows_changed
from service.core.rulebook import RULE_FILES, Rulebook, read_rulebook
from service.policy.beyond import beyond
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a decision may change (no only when that is proven), and *why*, in sentences."""

    changes: bool
    why: tuple[str, ...]


def verdict(one: Texts, other: Texts) -> Verdict:
    """Whether *other* in the place of *one* may change a decision; raises RulebookError.

    Names what it meets first; `difference` tells all.
    """
    return verdict_of(read_rulebook(one), read_rulebook(other))


def verdict_of(before: Rulebook, after: Rulebook) -> Verdict:
    """The verdict about rulebooks that are read already."""
    why = beyond(before, after) or tuple(islice(_may_change(before, after), 1))
    return Verdict(bool(why), why)


def _may_change(before: Rulebook, after: Rulebook) -> Iterator[str]:
    """Why decisions may change by rows and dates; nothing when it is proven that none does."""
    actions = _judged_anew(before, after)
    if not actions:
        return
    try:
        from service.policy.analysis.changes import differ

        for action in actions:
            if differ(before, after, action):
                places = [each.place for each in rows_changed(before, after)]
                where = [place for place in places if place.startswith(RULE_FILES[action])]
                yield f"{action} is answered otherwise: {', '.join(where) or RULE_FILES[action]}"
    except ImportError:
        yield NO_SOLVER
    except UndecidedError as error:
        yield f"not decided in time: {error}"


def _judged_anew(one: Rulebook, other: Rulebook) -> list[str]:
    """The actions whose rows, or whose facts, are not the same in both."""
    if (one.calendar, one.catalogue) != (other.calendar, other.catalogue):
        return list(other.rules)
    return [action for action in other.rules if _cells(one, action) != _cells(other, action)]


def _cells(book: Rulebook, action: str) -> list[list[str]]:
    return [rule.cells for rule in book.rules[action]]


def difference(one: Texts, other: Texts, progress: Progress = lambda _: None) -> Difference:
    """From *one* to *other*; raises RulebookError when either is no rulebook."""
    before, after = read_rulebook(one), read_rulebook(other)
    listed = (*rows_changed(before, after), *data_changed(one, other))
    found: list[Situation] = []
    questions = beyond(before, after)
    try:
        from service.policy.analysis.changes import situations

        for action in _judged_anew(before, after):
            progress(action)
            found += situations(before, after, action)
    except ImportError:
        questions = (*questions, NO_SOLVER)
    except UndecidedError as error:
        questions = (*questions, f"not decided in time: {error}")
    return Difference(listed, tuple(found), questions)
