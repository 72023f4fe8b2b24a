"""A change: a login that two rulebooks answer otherwise."""

from dataclasses import dataclass
from enum import StrEnum

from service.core.decision import Decision
from service.policy.situation import Answer


class Direction(StrEnum):
    """Where a change leads."""

    LOCKED = "locked"
    ALLOWED = "allowed"
    OTHER_REASON = "other reason"
    PROPERTIES = "other properties"


@dataclass(frozen=True, slots=True)
class Properties:
    """How many properties open, are refused, or are refused for another reason than before."""

    opened: int = 0
    refused: int = 0
    otherwise: int = 0


UNCHANGED = Properties()


@dataclass(frozen=True, slots=True)
class Change:
    """The answers *before* and *after* at an entry (or another system).

    Properties are compared where the person comes in before and after.
    """

    entry: str
    before: Answer
    after: Answer
    properties: Properties = UNCHANGED

    @property
    def direction(self) -> Direction:
        """Where it leads."""
        if self.before.allowed != self.after.allowed:
            return Direction.LOCKED if self.before.allowed else Direction.ALLOWED
        same = self.before.reason == self.after.reason
        return Direction.PROPERTIES if same else Direction.OTHER_REASON


@dataclass(frozen=True, slots=True)
class Flip:
    """A change for a person of an *organisation*: the first *day*, and on how many days.

    *decision_id*: the recorded decision it is about, if it is about one.
    """

    person_id: str
    organisation: str
    change: Change
    day: str
    days: int = 1
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one rulebook says: its answer, and every property refused with its reason."""

    answer: Answer
    refused: tuple[tuple[int, str], ...] = ()


#: Said at an entry that a rulebook does not have: nobody can so much as ask there.
NO_SUCH_ENTRY = Said(Answer(allowed=False, reason=""))


def said(decision: Decision, refused: tuple[tuple[int, str], ...]) -> Said:
    """What is said by *decision*."""
    return Said(Answer(decision.allowed, decision.reason), refused)


def change_of(entry: str, before: Said, after: Said) -> Change | None:
    """What changes at *entry*; none when nothing does."""
    properties = UNCHANGED
    if before.answer.allowed and after.answer.allowed:
        properties = _properties(dict(before.refused), dict(after.refused))
    if before.answer == after.answer and properties == UNCHANGED:
        return None
    return Change(entry, before.answer, after.answer, properties)


def _properties(before: dict[int, str], after: dict[int, str]) -> Properties:
    return Properties(
        opened=len(before.keys() - after.keys()),
        refused=len(after.keys() - before.keys()),
        otherwise=sum(before[each] != after[each] for each in before.keys() & after.keys()),
    )
