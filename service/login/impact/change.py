"""A change: a login that two rulebooks answer otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.core.decision import Decision
from service.policy.situation import Answer

#: What a rulebook says at an entry it does not have: nobody can so much as ask there.
NO_SUCH_ENTRY = Answer(allowed=False, reason="")


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

    def __bool__(self) -> bool:
        """Whether anything is otherwise."""
        return self.before != self.after or self.properties != UNCHANGED

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


def answer_of(decision: Decision) -> Answer:
    """Allowed or not, and the first reason."""
    return Answer(decision.allowed, decision.reason)


def properties_changed(
    before: Iterable[tuple[int, str]], after: Iterable[tuple[int, str]]
) -> Properties:
    """From the properties refused *before*, each with its reason, to those refused *after*."""
    one, other = dict(before), dict(after)
    return Properties(
        opened=len(one.keys() - other.keys()),
        refused=len(other.keys() - one.keys()),
        otherwise=sum(one[each] != other[each] for each in one.keys() & other.keys()),
    )
