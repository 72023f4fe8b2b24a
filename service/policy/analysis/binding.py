"""Facts that two rulebooks measure differently from the same evidence, as formulas over the rest.

A window moved in calendar.yaml changes no rule, yet what `r.window.closed_opens_on` is on a day.
What both measure alike stays a variable; what lies behind a bound fact is an *extra* variable.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import z3

from service.core.calendar import CertificationWindow
from service.core.facts import Declared
from service.core.rulebook import Rulebook
from service.policy.analysis.terms import Bound

_TODAY = z3.Int("today")
_WINDOW = ("first_opens_on", "closed_opens_on", "open")
Numbers = Mapping[str, list[str]]


def bind(
    book: Rulebook, other: Rulebook, vocabulary: Mapping[str, Declared], numbers: Numbers
) -> Bound:
    """What *book* measures otherwise than *other* does; *numbers*: the codes of each list."""
    bound = Bound()
    for differs, facts_of in _SOURCES:
        if differs(book, other):
            found = facts_of(book, vocabulary, numbers)
            known = {path: f for path, f in found.facts.items() if path in vocabulary}
            bound.facts.update(known)
            bound.extra.update(found.extra if known else {})
    return bound


def _windows(book: Rulebook, vocabulary: Mapping[str, Declared], numbers: Numbers) -> Bound:
    """The facts about windows: for each population a chain over the days of its windows."""
    populations = {p: each.windows for p, each in book.catalogue.populations.items()}
    whose, names, listed = z3.Int("user.population"), "populations", populations
    if "target.windows" in vocabulary:
        windows = set(populations.values())
        whose, names, listed = z3.Int("target.windows"), "windows", {w: w for w in windows}
    facts: dict[str, Any] = _chain(())
    for code, windows_of in listed.items():
        chain = _chain(book.calendar.windows.get(windows_of, ()))
        theirs = whose == numbers[names].index(code)
        facts = {name: z3.If(theirs, chain[name], facts[name]) for name in _WINDOW}
    return Bound({f"window.{name}": formula for name, formula in facts.items()})


def _chain(windows: tuple[CertificationWindow, ...]) -> dict[str, Any]:
    first, closed, is_open = z3.IntVal(0), z3.IntVal(0), z3.BoolVal(False)
    for window in windows:
        opens, closes = _ordinal(window.opens), _ordinal(window.closes)
        closed = z3.If(closes < _TODAY, opens, closed)
        is_open = z3.Or(is_open, z3.And(opens <= _TODAY, closes >= _TODAY))
    if windows:
        opens = _ordinal(windows[0].opens)
        first = z3.If(opens <= _TODAY, opens, 0)
    return dict(zip(_WINDOW, (first, closed, is_open), strict=True))


def _limit(book: Rulebook, _: Mapping[str, Declared], __: Numbers) -> Bound:
    limit = book.calendar.weekly_limit
    until = _ordinal(limit.until) if limit.until else 0
    lately = z3.Int(f"coordinators who requested within {limit.days} days")
    facts = {
        "limit.coordinators": z3.IntVal(limit.coordinators),
        "limit.until": z3.IntVal(until),
        "request.coordinators": lately,
    }
    return Bound(facts, {str(lately): lately})


def _tracking(book: Rulebook, _: Mapping[str, Declared], __: Numbers) -> Bound:
    """Idle days of somebody who never used it run from the start of tracking or from creation."""
    never, used = z3.Bool("never used it"), z3.Int("days since the last use")
    created, began = z3.Int("user.created_on"), _ordinal(book.calendar.tracking_began_on)
    since = z3.If(created > began, created, began)
    idle = z3.If(since < _TODAY, _TODAY - since, 0)
    known = z3.Bool("user.known")
    facts = {"user.days_idle": z3.If(known, z3.If(never, idle, z3.If(used > 0, used, 0)), 0)}
    return Bound(facts, {str(never): never, str(used): used})


def _entry_roles(book: Rulebook, _: Mapping[str, Declared], numbers: Numbers) -> Bound:
    entry = z3.Int("entry")
    held, taken = ({r: z3.Bool(f"{word} {r}") for r in numbers["roles"] if r} for word in _ROLE)
    facts = {
        path: z3.Or(
            [
                z3.And(entry == numbers["entries"].index(code), roles[role])
                for code in book.catalogue.entries
                for role in book.catalogue.opening(code)
            ]
        )
        for path, roles in (("user.entry_role_held", held), ("user.entry_role_removed", taken))
    }
    return Bound(facts, {str(v): v for v in (*held.values(), *taken.values())})


def _coordinator(book: Rulebook, _: Mapping[str, Declared], numbers: Numbers) -> Bound:
    marked, partner = z3.Bool("marked as coordinator"), z3.Bool("has a live BPR")
    whose = z3.Int("user.population")
    without = [
        whose == numbers["populations"].index(code)
        for code, each in book.catalogue.populations.items()
        if not each.coordinator_needs_bpr
    ]
    facts = {"user.coordinator": z3.And(marked, z3.Or(partner, *without))}
    return Bound(facts, {str(marked): marked, str(partner): partner})


_ROLE = ("holds", "lost by a flag")
_Differs = Callable[[Rulebook, Rulebook], bool]
_FactsOf = Callable[[Rulebook, Mapping[str, Declared], Numbers], Bound]
_SOURCES: tuple[tuple[_Differs, _FactsOf], ...] = (
    (lambda a, b: _of_windows(a) != _of_windows(b), _windows),
    (lambda a, b: a.calendar.weekly_limit != b.calendar.weekly_limit, _limit),
    (lambda a, b: a.calendar.tracking_began_on != b.calendar.tracking_began_on, _tracking),
    (lambda a, b: _opens(a) != _opens(b), _entry_roles),
    (lambda a, b: _needs_bpr(a) != _needs_bpr(b), _coordinator),
)


def _of_windows(book: Rulebook) -> object:
    populations = {p: each.windows for p, each in book.catalogue.populations.items()}
    return book.calendar.windows, populations


def _opens(book: Rulebook) -> object:
    return {code: book.catalogue.opening(code) for code in book.catalogue.entries}


def _needs_bpr(book: Rulebook) -> object:
    return {p: each.coordinator_needs_bpr for p, each in book.catalogue.populations.items()}


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
