"""What a proof tells: situations that are answered otherwise, lines that do not hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class UndecidedError(Exception):
    """A question was not answered in time: nothing is proven."""


@dataclass(frozen=True, slots=True)
class Disproof:
    """A line that does not hold: what is wrong with it, and facts that show it, if any can."""

    place: str
    message: str
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Allowed or not, and the first reason."""

    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Situation:
    """All cases of an action answered *before* by one rulebook and *after* by the other.

    *condition*: what they have in common beyond being answered so before. *besides*: where both
    answers are the same, a reason that only one of the two gives besides.
    """

    action: str
    before: Answer
    after: Answer
    condition: str
    example: Mapping[str, Any]
    besides: str = ""
