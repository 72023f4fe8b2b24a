"""Telling people what an impact is: sentences, counts, and the first of whom it is about."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import click
from rich.markup import escape

from service.cli.shown import print_table
from service.cli.writing import word
from service.login.impact.change import Direction, Flip
from service.login.impact.tally import Tally
from service.policy.situation import Answer

_Key = TypeVar("_Key")
_SHOWN = 20
_WOULD = {
    Direction.LOCKED: "would be locked at",
    Direction.ALLOWED: "would come in at",
    Direction.OTHER_REASON: "would be told another first reason at",
    Direction.PROPERTIES: "would find other properties refused at",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted, in words."""

    one: str
    many: str

    def number(self, number: int) -> str:
        """So many of them."""
        return f"{number:,} {self.one if number == 1 else self.many}"


PEOPLE, DECISIONS = Counted("person", "people"), Counted("decision", "decisions")


def print_tally(tally: Tally, of: Counted, *, over_days: bool) -> None:
    """A sentence for each direction and entry, the counts, and the first of the flips."""
    looked_at = f"Looked at {of.number(tally.looked_at)}: "
    click.echo(
        looked_at + (f"{tally.flipped:,} otherwise." if tally.flipped else "none otherwise.")
    )
    if not tally.flipped:
        return
    for place in sorted(tally.places, key=lambda each: (list(Direction).index(each[0]), each[1])):
        click.echo(f"{of.number(tally.places[place])} {_WOULD[place[0]]} {_why(tally, *place)}")
    click.echo()
    print_table(["DIRECTION", "ENTRY", "BEFORE", "AFTER", of.many.upper()], _ways(tally))
    click.echo()
    _print_organisations(tally)
    click.echo()
    _print_first(tally, over_days, of is DECISIONS)


def _ways(tally: Tally) -> Iterator[tuple[str, ...]]:
    for (direction, entry, before, after), number in _most_first(tally.ways):
        yield direction, entry, _told(before), _told(after), f"{number:,}"


def _most_first(counts: Counter[_Key]) -> list[tuple[_Key, int]]:
    """The *counts*, largest first; equal ones in an order that is always the same."""
    return sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))


def _why(tally: Tally, direction: Direction, entry: str) -> str:
    """Where and why so many go that way."""
    if direction is Direction.PROPERTIES:
        return f"{entry}: " + ", ".join(
            f"{n:,} {what}" for what, n in tally.properties.items() if n
        )
    reasons: Counter[str] = Counter()
    for (way, at, before, after), number in tally.ways.items():
        if (way, at) == (direction, entry):
            reasons[_reason(direction, before, after)] += number
    alone = len(reasons) == 1
    each = (r if alone else f"{r} ({number:,})" for r, number in _most_first(reasons))
    return f"{entry}: " + ", ".join(each)


def _reason(direction: Direction, before: Answer, after: Answer) -> str:
    if direction is Direction.ALLOWED:
        return f"no longer {_code(before)}"
    if direction is Direction.LOCKED:
        return _code(after)
    return f"{_code(after)} instead of {_code(before)}"


def _print_organisations(tally: Tally) -> None:
    totals: Counter[str] = Counter()
    for (organisation, _), number in tally.organisations.items():
        totals[organisation] += number
    rows = [
        (escape(each) or "(none)", *(f"{tally.organisations[each, d]:,}" for d in Direction))
        for each, _ in _most_first(totals)[:_SHOWN]
    ]
    print_table(["ORGANISATION", *(each.upper() for each in Direction)], rows)
    if len(totals) > _SHOWN:
        click.echo(f"and {len(totals) - _SHOWN:,} more organisations: --json")


def _print_first(tally: Tally, over_days: bool, of_decisions: bool) -> None:
    headings = ["ID", "ORGANISATION", "ENTRY", "BEFORE", "AFTER"]
    headings += ["FIRST DAY", "DAYS"] if over_days else []
    headings += ["DAY", "DECISION"] if of_decisions else []
    print_table(headings, (_shown(each, over_days, of_decisions) for each in tally.first))
    if more := tally.flips - len(tally.first):
        click.echo(f"and {more:,} more: --csv FILE")


def _shown(flip: Flip, over_days: bool, of_decisions: bool) -> list[str]:
    change = flip.change
    row = [flip.person_id, escape(flip.organisation), change.entry]
    row += [_told(change.before), _told(change.after)]
    row += [flip.day, str(flip.days)] if over_days else []
    return row + ([flip.day, flip.decision_id] if of_decisions else [])


def _code(answer: Answer) -> str:
    return answer.reason or "no such entry"


def _told(answer: Answer) -> str:
    return f"{word(answer)} {_code(answer)}"
