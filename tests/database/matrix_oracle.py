"""What must come of a management call, written from domain.md a.3 and from nothing else."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.database.matrix_people import OTHER, OTHER_CERTIFIER, TARGETS, Somebody

#: A window has ended; between it and the next; two days in the next.
WINDOWS = (("2017-09-01", "2017-12-31"), ("2018-10-10", "2018-12-31"))
BETWEEN, TODAY, TOMORROW = "2018-10-05", "2018-10-15", "2018-10-16"
#: How many coordinators may request for one person within a week, where that is limited, and the
#: last day of the limit.
AT_MOST, UNTIL = 1, TODAY
ACTOR_LOCKED = "ACTOR_LOCKED"


@dataclass(frozen=True)
class Cell:
    """One call of the matrix. *named*: the coordinator it names, where that is another one."""

    action: str
    actor: Somebody
    target: Somebody | None = None
    named: Somebody | None = None
    items: tuple[str, ...] = ()
    confirm: bool = False
    day: str = TODAY
    limited: bool = False

    def __str__(self) -> str:
        said = [f"{self.action} by {self.actor.label} ({self.actor.id}) on {self.day}"]
        if self.target is self.actor:
            said.append("on oneself")
        elif self.target:
            said.append(f"on {self.target.label} ({self.target.id})")
        said += [f"in the name of {self.named.label} ({self.named.id})"] if self.named else []
        said += [f"items {self.items} confirm={self.confirm}"] if self.items else []
        return ", ".join([*said, *(["with a weekly limit"] if self.limited else [])])

    @property
    def coordinator(self) -> Somebody:
        """The coordinator the call speaks of."""
        return self.named or self.actor


@dataclass(frozen=True)
class Ties:
    """What the database holds beside the people."""

    staff: frozenset[tuple[str, str]]  # coordinator, user
    waiting: frozenset[tuple[str, str, str]]  # author, user, item
    asked: frozenset[tuple[str, str]]  # requester of this week, user


@dataclass(frozen=True)
class Expected:
    """What must come out; *changes*: how many rows of which table, standings and scopes aside.

    *listed*: the staff that a list shows; *unseen*: those of whom a report shows only the ID.
    """

    outcome: str
    reasons: tuple[str, ...]
    actor_reasons: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


_TCC, _EITHER = {"TCC"}, {"TCC", "TCR"}
#: "action | needs role"
NEEDS: Mapping[str, set[str]] = {
    "last_login_report": _TCC,
    "unlock": _TCC,
    "view_staff": _EITHER,
    "assign_staff": _EITHER,
    "unassign_staff": _EITHER,
    "view_roles": _EITHER,
    "flag": _EITHER,
    "withdraw_flag": _EITHER,
    "certify": _EITHER,
    "view_history": _EITHER,
    "single_coordinator_report": _EITHER,
}
_NAMES_STAFF = {"assign_staff", "unassign_staff"}
_NAMES_A_COORDINATOR = _NAMES_STAFF | {"view_staff"}
_NAMES_NOBODY = {"last_login_report", "view_staff", "single_coordinator_report"}
_SCOPED = {"unlock", "certify"}
_TABLE = {
    "assign_staff": "staff",
    "unassign_staff": "staff",
    "unlock": "unlock",
    "flag": "flag",
    "withdraw_flag": "flag",
    "certify": "certification_request",
}


def expected(cell: Cell, ties: Ties) -> Expected:
    """What domain.md a.3 says of *cell*."""
    if _by_the_help_desk(cell):
        found = _of_the_help_desk(cell)
    elif locks := login_reasons(cell.actor):
        return Expected("refused", (ACTOR_LOCKED,), tuple(locks))
    else:
        found = [code for code, holds in _CHECKS if holds(cell, ties)]
    if found:
        return Expected("refused", tuple(found))
    return Expected(
        "done",
        (_reason_when_done(cell),),
        changes=_changes(cell, ties),
        listed=tuple(sorted(each.id for each in _listed(cell, ties))),
        unseen=tuple(sorted(each.id for each in _unseen(cell, ties))),
    )


def login_reasons(person: Somebody) -> list[str]:
    """Why TRACS is closed to *person*: "the order of reasons", as far as the matrix goes."""
    if not person.known:
        return ["USER_UNKNOWN"]
    exempt = is_coordinator(person) and not person.internal
    lacks_certification = not person.certified and not exempt
    holds = {
        "WASS_TERMINATED": person.terminated,
        "NO_ROLE": "TRACS" not in person.roles,
        "INACTIVE": person.idle,
        "NEW_USER_NOT_CERTIFIED": lacks_certification and person.new,
        "NOT_CERTIFIED": lacks_certification and not person.new,
        "ROB_EXPIRED": not person.accepted,
    }
    return [code for code, held in holds.items() if held]


def is_coordinator(person: Somebody) -> bool:
    """ "Who is a coordinator." """
    return person.marked and (person.internal or bool(person.bpr))


def _by_the_help_desk(cell: Cell) -> bool:
    """ "a known, not terminated person with HELP_DESK unlocks ... and does nothing else" """
    actor = cell.actor
    helps = actor.known and not actor.terminated and "HELP_DESK" in actor.roles
    return helps and cell.action == "unlock"


def _of_the_help_desk(cell: Cell) -> list[str]:
    """ "unlocks anybody but itself, without relation or scope" """
    assert cell.target
    if not cell.target.known:
        return ["NOT_ASSIGNED"]
    holds = {"SELF_ASSIGNMENT": cell.target is cell.actor, "NOT_LOCKED": not cell.target.idle}
    return [code for code, held in holds.items() if held]


def _role_missing(cell: Cell, _: Ties) -> bool:
    return not NEEDS[cell.action] & {*cell.actor.roles}


def _not_coordinator(cell: Cell, _: Ties) -> bool:
    return not is_coordinator(cell.actor)


def _other_coordinator(cell: Cell, _: Ties) -> bool:
    """ "own coordinator ID" """
    return cell.action in _NAMES_A_COORDINATOR and cell.coordinator is not cell.actor


def _self_assignment(cell: Cell, _: Ties) -> bool:
    """ "not oneself" """
    return cell.action in _NAMES_STAFF and cell.target is cell.actor


def _id_invalid(cell: Cell, _: Ties) -> bool:
    """ "An unknown ID is ID_INVALID when assigning and NOT_ASSIGNED otherwise." """
    return cell.action == "assign_staff" and not _known(cell)


def _other_population(cell: Cell, _: Ties) -> bool:
    """ "Certifier and staff are both external or both internal" """
    return _known(cell) and cell.target.internal != cell.actor.internal


def _not_assigned(cell: Cell, ties: Ties) -> bool:
    """ "Adding an existing relation is done; ending a missing one is NOT_ASSIGNED." Nobody is his
    own staff, whatever a feed says."""
    if cell.action in _NAMES_NOBODY | {"assign_staff"}:
        return False
    oneself = cell.target is cell.actor and cell.action != "unassign_staff"
    missing = not _known(cell) or (cell.coordinator.id, cell.target.id) not in ties.staff
    return oneself or missing


def _target_is_coordinator(cell: Cell, _: Ties) -> bool:
    """ "no coordinator (Q43)" """
    return cell.action == "unlock" and _known(cell) and is_coordinator(cell.target)


def _target_is_internal(cell: Cell, _: Ties) -> bool:
    """ "not internal (C-25)" """
    return cell.action == "unlock" and _known(cell) and cell.target.internal


def _not_locked(cell: Cell, _: Ties) -> bool:
    """ "target INACTIVE today (NOT_LOCKED)" """
    return cell.action == "unlock" and _known(cell) and not cell.target.idle


def _no_bpr_scope(cell: Cell, _: Ties) -> bool:
    """ "sharing a property with the actor's BPR or having only the global role"; "property scope,
    NO_BPR_SCOPE and refused_properties do not exist for internal persons" """
    return cell.action in _SCOPED and _known(cell) and _out_of_scope(cell.actor, cell.target)


def _out_of_scope(actor: Somebody, person: Somebody) -> bool:
    own = person.bpr if is_coordinator(person) else frozenset()
    only_global = {"TRACS", "IMAX"} & {*person.roles} == {"IMAX"}
    shares = actor.bpr & (person.properties | own)
    return not (person.internal or only_global or shares)


def _item_not_held(cell: Cell, ties: Ties) -> bool:
    """ "A flag names roles or actions (codes) the person holds"; one's own waiting flag is what
    can be withdrawn."""
    if not _known(cell):
        return False
    if cell.action == "flag":
        return not {*cell.items} <= {*cell.target.roles}
    waiting = {(cell.actor.id, cell.target.id, item) for item in cell.items}
    return cell.action == "withdraw_flag" and not waiting <= ties.waiting


def _confirmation_missing(cell: Cell, _: Ties) -> bool:
    return cell.action == "flag" and not cell.confirm


def _weekly_limit(cell: Cell, ties: Ties) -> bool:
    """ "refused when, counting this request, more than `coordinators` different coordinators have
    requests ... up to and including `until`" """
    if cell.action != "certify" or not cell.limited or cell.day > UNTIL or not _known(cell):
        return False
    asked = {by for by, user in ties.asked if user == cell.target.id}
    return len(asked | {cell.actor.id}) > AT_MOST


def _known(cell: Cell) -> bool:
    return cell.target is not None and cell.target.known


#: "Then all that hold are named, in this order"
_CHECKS: tuple[tuple[str, Callable[[Cell, Ties], bool]], ...] = (
    ("ROLE_MISSING", _role_missing),
    ("NOT_COORDINATOR", _not_coordinator),
    ("OTHER_COORDINATOR", _other_coordinator),
    ("SELF_ASSIGNMENT", _self_assignment),
    ("ID_INVALID", _id_invalid),
    ("OTHER_POPULATION", _other_population),
    ("NOT_ASSIGNED", _not_assigned),
    ("TARGET_IS_COORDINATOR", _target_is_coordinator),
    ("TARGET_IS_INTERNAL", _target_is_internal),
    ("NOT_LOCKED", _not_locked),
    ("NO_BPR_SCOPE", _no_bpr_scope),
    ("ITEM_NOT_HELD", _item_not_held),
    ("CONFIRMATION_MISSING", _confirmation_missing),
    ("WEEKLY_LIMIT", _weekly_limit),
)
REASONS = (ACTOR_LOCKED, *(code for code, _ in _CHECKS))


def _reason_when_done(cell: Cell) -> str:
    """ "`counts` is true when a window of the population is open, or the person or one of the
    covered properties lacks a valid request today; otherwise false, with WINDOW_NOT_OPEN" """
    is_open = any(opens <= cell.day <= closes for opens, closes in WINDOWS)
    lacks = cell.action == "certify" and (not cell.target.certified or cell.target.elsewhere)
    useless = cell.action == "certify" and not is_open and not lacks
    return "WINDOW_NOT_OPEN" if useless else "OK"


def _changes(cell: Cell, ties: Ties) -> Mapping[str, int]:
    """The rows a done call changes: one, but none where the relation exists already."""
    table = _TABLE.get(cell.action)
    exists = cell.action == "assign_staff" and (cell.coordinator.id, cell.target.id) in ties.staff
    return Counter({table: 1} if table and not exists else {})


def _listed(cell: Cell, ties: Ties) -> list[Somebody]:
    """ "the list of staff assigned to the active coordinator" (R029, R022)"""
    if cell.action not in {"view_staff", "last_login_report"}:
        return []
    people = [cell.actor, *(t.person for t in TARGETS)]
    return [each for each in people if (cell.actor.id, each.id) in ties.staff]


def _unseen(cell: Cell, ties: Ties) -> list[Somebody]:
    """ "Staff without shared property appear with their ID ..., without dates"; nor is there any
    such relationship between a person of HUD and one who is not (C-28, C-29)"""
    if cell.action != "last_login_report":
        return []
    return [
        each
        for each in _listed(cell, ties)
        if each.internal != cell.actor.internal or _out_of_scope(cell.actor, each)
    ]


def other_than(actor: Somebody) -> Somebody:
    """Another coordinator of the actor's population."""
    return OTHER_CERTIFIER if actor.internal else OTHER
