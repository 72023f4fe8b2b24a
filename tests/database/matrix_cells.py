"""Every cell of the matrix of management calls, by operation."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tests.database.matrix_oracle import BETWEEN, TODAY, TOMORROW, Cell, login_reasons, other_than
from tests.database.matrix_people import (
    ACTORS,
    ANOTHERS,
    HELD,
    HELP_DESK,
    IN_ORDER,
    LACKING,
    LOCKED_OUT,
    MINE,
    NOBODYS,
    NOT_HELD,
    ORDINARY,
    TARGETS,
    UNKNOWN,
    Somebody,
    Target,
)

_ACTING = (*IN_ORDER, *(each for each in HELP_DESK if not login_reasons(each)))
_ABLE = tuple(each for each in _ACTING if "TCR" in each.roles)
_OUTSIDE = (*LOCKED_OUT, *(each for each in HELP_DESK if login_reasons(each)), UNKNOWN)
_WITHOUT_STATE = [t for t in ORDINARY if not t.person.idle]
#: Every kind in every relation; one's own with and without a shared property.
_VARIED = [t for t in _WITHOUT_STATE if t.relation == MINE or t.shared or t.person.internal]
_OWN = [t for t in _VARIED if t.relation == MINE]
_IN_SCOPE = [t for t in _OWN if t.shared or t.person.internal]
#: With whom all is as it should be, whatever is called.
_FINE = [
    t
    for t in ORDINARY
    if t.relation == MINE and t.person.idle
    if (t.kind, t.shared) in {("user", True), ("staff", False)}
]
_FLAGGED = [t for t in TARGETS if t.flagged]
_ASKED = [t for t in TARGETS if t.asked]

Actors = Iterable[Somebody]


def _each(action: str, targets: list[Target], actors: Actors = _ACTING, **more) -> Iterator[Cell]:
    """Everybody of *actors* on each of *targets*, on nobody known and on himself."""
    people = [*(each.person for each in targets), UNKNOWN]
    for actor in actors:
        named = people if actor is UNKNOWN else [*people, actor]
        yield from (Cell(action, actor, person, **more) for person in named)


def _on_people(action: str) -> Iterator[Cell]:
    yield from _each(action, _VARIED)
    yield from _each(action, _FINE, _OUTSIDE)


def _on_staff(action: str) -> Iterator[Cell]:
    """In one's own name and in that of another coordinator."""
    yield from _on_people(action)
    related = [t for t in _VARIED if t in _IN_SCOPE or t.relation == ANOTHERS]
    for actor in _ACTING:
        yield from _each(action, related, [actor], named=other_than(actor))
    for actor in LOCKED_OUT:
        yield from _each(action, _FINE, [actor], named=other_than(actor))


def _unlocking(action: str) -> Iterator[Cell]:
    unasked = [each for each in HELP_DESK if each not in _ACTING]
    idle = [t for t in ORDINARY if t.person.idle]
    yield from _each(action, [*idle, *_VARIED], [*_ACTING, *unasked])
    yield from _each(action, _FINE, [each for each in _OUTSIDE if each not in unasked])


def _flagging(action: str) -> Iterator[Cell]:
    nobodys = [t for t in _VARIED if t.relation == NOBODYS]
    for confirm in (True, False):
        yield from _each(action, [*_OWN, *nobodys], items=(HELD,), confirm=confirm)
        yield from _each(action, _IN_SCOPE, items=(NOT_HELD,), confirm=confirm)
    yield from _each(action, _IN_SCOPE, _ABLE, items=(HELD, NOT_HELD), confirm=True)
    yield from _each(action, _FINE, _OUTSIDE, items=(HELD,), confirm=True)


def _withdrawing(action: str) -> Iterator[Cell]:
    yield from _each(action, [*_FLAGGED, *_IN_SCOPE], items=(HELD,))
    yield from _each(action, _FLAGGED[:2], items=(HELD, NOT_HELD))
    yield from _each(action, _FINE, _OUTSIDE, items=(HELD,))


def _certifying(action: str) -> Iterator[Cell]:
    yield from _each(action, [t for t in _WITHOUT_STATE if t.shared or t.relation != ANOTHERS])
    yield from _each(action, _FINE, _OUTSIDE)
    lacking = [t for t in LACKING if not _exempt(t)]
    yield from _each(action, [*_IN_SCOPE, *lacking], _ABLE, day=BETWEEN)
    yield from _each(action, [*_IN_SCOPE, *_ASKED], _ABLE, limited=True)
    yield from _each(action, _ASKED, _ABLE, day=TOMORROW, limited=True)


def _exempt(target: Target) -> bool:
    """Of whom nothing is needed: whether he "lacks" a request between windows is not said."""
    return target.kind == "coordinator"


def _reporting(action: str) -> Iterator[Cell]:
    yield from (Cell(action, actor, day=day) for actor in ACTORS for day in (BETWEEN, TODAY))


def _viewing_staff(action: str) -> Iterator[Cell]:
    yield from _reporting(action)
    yield from (Cell(action, actor, named=other_than(actor)) for actor in ACTORS)


_CELLS: Mapping[str, Callable[[str], Iterator[Cell]]] = {
    "last_login_report": _reporting,
    "unlock": _unlocking,
    "view_staff": _viewing_staff,
    "assign_staff": _on_staff,
    "unassign_staff": _on_staff,
    "view_roles": _on_people,
    "flag": _flagging,
    "withdraw_flag": _withdrawing,
    "certify": _certifying,
    "view_history": _on_people,
    "single_coordinator_report": _reporting,
}
OPERATIONS = tuple(_CELLS)


def cells_of(operation: str) -> list[Cell]:
    """Every cell of *operation*."""
    return [*_CELLS[operation](operation)]
