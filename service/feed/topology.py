"""The topology of Washington grown to a nation: how many properties each agent has, who serves.

The order of agents by size is the measured one: so many of each have one property, two, three.
The sizes are stretched until their mean is the nation's, about five to an agent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_NATION = 1_000_000
_PROPERTIES, _AGENTS = 24_000, 4_556
#: Of the properties a contract administrator's contracts are for; each next has this part of it.
_LARGEST_ADMINISTRATOR, _NEXT = 5_000 / 24_000, 0.7
_ADMINISTERED = 0.73
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Office:
    """The properties, by their place, that two coordinators of an agent look after."""

    agent: int
    first: int
    properties: int


def sizes(people: int, measured: Sequence[int]) -> list[int]:
    """The properties of each agent of a nation of so many *people*, the largest first."""
    agents, total = _part(people, _AGENTS), _part(people, _PROPERTIES)
    ranked = sorted(measured, reverse=True)
    like = [ranked[(2 * rank + 1) * len(ranked) // (2 * agents)] for rank in range(agents)]
    low, high = 0.0, 8.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(_stretched(like, middle)) <= total else (low, middle)
    found = _stretched(like, low)
    for at in range(max(0, total - sum(found))):
        found[at % agents] += 1
    return found


def offices(agents: Sequence[int], largest: int) -> list[Office]:
    """Offices of at most *largest* properties each, agent after agent."""
    found, first = [], 0
    for agent, own in enumerate(agents):
        parts = -(-own // largest)
        for part in range(parts):
            size = own * (part + 1) // parts - own * part // parts
            found.append(Office(agent, first, size))
            first += size
    return found


def administrators(properties: int) -> list[range]:
    """The properties whose contracts each contract administrator has, the largest first."""
    found, first, size = [], 0, properties * _LARGEST_ADMINISTRATOR
    while first < properties * _ADMINISTERED and size >= 1:
        last = min(properties, first + round(size))
        found.append(range(first, last))
        first, size = last, size * _NEXT
    return found


def _part(people: int, of_a_million: int) -> int:
    return max(1, round(people * of_a_million / _NATION))


def _stretched(like: Sequence[int], power: float) -> list[int]:
    return [max(1, round(size**power)) for size in like]
