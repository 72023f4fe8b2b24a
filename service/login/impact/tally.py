"""Counting flips: who, where, in which direction and why; its size does not grow with people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.login.impact.change import Change, Direction, Flip
from service.policy.situation import Answer

Way = tuple[Direction, str, Answer, Answer]
_FIRST = 20


@dataclass(slots=True)
class Tally:
    """What was counted, each in people or, of recorded decisions, in decisions.

    *ways*: by direction, entry and both answers; *places*: by direction and entry;
    *organisations*: by organisation and direction; *first*: some of the flips themselves.
    """

    looked_at: int = 0
    flipped: int = 0
    ways: Counter[Way] = field(default_factory=Counter)
    places: Counter[tuple[Direction, str]] = field(default_factory=Counter)
    organisations: Counter[tuple[str, Direction]] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    flips: int = 0
    first: list[Flip] = field(default_factory=list)

    def add(self, flips: Sequence[Flip]) -> None:
        """Count all the flips of one person, or of one decision."""
        changes = [each.change for each in flips]
        self.flipped += 1
        self.flips += len(flips)
        self.ways.update({_way(each) for each in changes})
        self.places.update({(each.direction, each.entry) for each in changes})
        self.organisations.update({(each.organisation, each.change.direction) for each in flips})
        for each in changes:
            self.properties["opened"] += each.properties.opened
            self.properties["refused"] += each.properties.refused
            self.properties["otherwise"] += each.properties.otherwise
        self.first += flips[: _FIRST - len(self.first)]


def _way(change: Change) -> Way:
    return change.direction, change.entry, change.before, change.after
