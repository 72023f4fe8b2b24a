"""Which roles matured flags have taken, for which properties (domain.md a.3, Flags)."""

from dataclasses import dataclass

from service.core.calendar import Calendar, CertificationWindow
from service.core.catalogue import Catalogue
from service.core.standing import Flag, Request, RoleHeld, Standing


@dataclass(frozen=True, slots=True)
class Removals:
    """The roles gone altogether, and the properties for which a role is gone."""

    whole: frozenset[str]
    properties: dict[str, frozenset[int]]


NOTHING = Removals(frozenset(), {})


def removals(
    standing: Standing, own: frozenset[int], calendar: Calendar, book: Catalogue, today: str
) -> Removals:
    """What the matured flags of *standing* took by *today*; *own*: the person's properties."""
    if not standing.flags:
        return NOTHING
    taken = _Taken(standing, calendar, book, today)
    gone = {code: taken.properties(code) for code in sorted({f.item for f in standing.flags})}
    whole = frozenset(code for code in gone if taken.altogether(code, gone[code], own))
    return Removals(whole, gone)


class _Taken:
    def __init__(
        self, standing: Standing, calendar: Calendar, book: Catalogue, today: str
    ) -> None:
        population = book.populations[standing.population]
        self._standing = standing
        self._scoped = population.property_scope
        self._roles = book.roles
        self._held = {each.code: each for each in standing.roles}
        windows = ((f, calendar.open_or_next(population.windows, f.on)) for f in standing.flags)
        self._matured = [(f, w) for f, w in windows if w is not None and w.matures_on <= today]

    def properties(self, code: str) -> frozenset[int]:
        """The properties for which flags took *code*; none for a role no assignment narrows."""
        taken: set[int] = set()
        if code not in self._roles or self._roles[code].everywhere:
            return frozenset()
        for flag, window in self._of(code):
            kept_by = self._certified_by_others(flag, window)
            taken |= {p for p in flag.properties if not any(p in r.covers for r in kept_by)}
        return frozenset(taken)

    def altogether(self, code: str, gone: frozenset[int], own: frozenset[int]) -> bool:
        """Whether nothing of *code* is left at the menu."""
        flags = self._of(code)
        role = self._roles.get(code)
        if not flags or not self._scoped:
            return bool(flags)
        if role is None or role.everywhere:
            return any(not self._certified_by_others(*each) for each in flags)
        return own <= gone

    def _of(self, code: str) -> list[tuple[Flag, CertificationWindow]]:
        return [
            (flag, window)
            for flag, window in self._matured
            if flag.item == code and _took(self._held.get(code), window.matures_on)
        ]

    def _certified_by_others(self, flag: Flag, window: CertificationWindow) -> list[Request]:
        """Requests of that window by other coordinators who did not flag the item themselves."""
        flaggers = {f.by for f, w in self._matured if f.item == flag.item and w == window}
        return [
            request
            for request in self._standing.requests
            if request.counts
            and window.opens <= request.on <= window.closes
            and request.by not in flaggers
        ]


def _took(held: RoleHeld | None, matured_on: str) -> bool:
    """A role assigned after the flag took effect is held again; one that had ended before was
    not there to take."""
    if held is None:
        return True
    if held.assigned_on > matured_on:
        return False
    return not held.ended_on or held.ended_on >= matured_on


def in_force(held: RoleHeld, today: str) -> bool:
    """Whether WASS lists the role on *today*."""
    return not held.ended_on or held.ended_on > today
