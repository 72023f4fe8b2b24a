"""Who takes part in the matrix of management calls: who acts, on whom, and how they are tied."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

MINE, NOBODYS, ANOTHERS = "mine", "nobody's", "another's"
RELATIONS = (MINE, NOBODYS, ANOTHERS)
ROLE_SETS = ((), ("TCC",), ("TCR",), ("TCC", "TCR"))
HELD, NOT_HELD = "IMAX", "FHA"
#: Whose flag there is on HELD, and whether it still waits.
OWN, MATURED, ANOTHERS_FLAG = FLAGS = ("own, waiting", "own, matured", "another's, waiting")


@dataclass(frozen=True)
class Somebody:
    """A person, as far as a management call may ask; in order unless said."""

    id: str
    label: str
    population: str = "external"
    marked: bool = False
    roles: tuple[str, ...] = ("TRACS", "IMAX")
    bpr: frozenset[int] = frozenset()
    properties: frozenset[int] = frozenset()
    idle: bool = False
    certified: bool = True
    new: bool = False  # created after the first window opened
    elsewhere: bool = False  # certified for another property alone than HERE
    accepted: bool = True
    terminated: bool = False
    known: bool = True

    @property
    def internal(self) -> bool:
        """Whether the person is HUD's own or a contractor of HUD's."""
        return self.population != "external"


@dataclass(frozen=True)
class Target:
    """Somebody on whom others act, and how he is tied to each of them."""

    person: Somebody
    kind: str
    relation: str = MINE
    shared: bool = False
    asked: bool = False  # whether another coordinator requested certification this week
    flagged: str = ""  # one of FLAGS


HERE, ELSEWHERE = frozenset({1}), frozenset({2})
OTHER = Somebody("M99999", "another coordinator", marked=True, bpr=HERE | ELSEWHERE)
OTHER_ELSEWHERE = Somebody("M99998", "another, elsewhere", marked=True, bpr=ELSEWHERE)
OTHER_CERTIFIER = Somebody("H99999", "another certifier", "hud_staff", marked=True)
UNKNOWN = Somebody("M00000", "nobody known", known=False)

_PLAIN = Somebody("M", "plain user", properties=HERE)
_COORDINATOR = Somebody("M", "coordinator", marked=True, bpr=HERE)
_MARKED = Somebody("M", "marked without BPR", marked=True, properties=HERE)
_CERTIFIER = Somebody("H", "certifier", "hud_staff", marked=True)
_INTERNAL = Somebody("H", "HUD's staff", "hud_staff")
_HELPING = Somebody("H", "help desk", "hud_staff", roles=("HELP_DESK",))
_HELPING_CONTRACTOR = Somebody("C", "help desk", "contractor", roles=("HELP_DESK",))

_EVERY_KIND = (_PLAIN, _COORDINATOR, _MARKED, _CERTIFIER, _INTERNAL)
_FINE: Mapping[str, bool] = {}
_IDLE, _UNCERTIFIED, _TERMINATED = {"idle": True}, {"certified": False}, {"terminated": True}
_NEW, _CERTIFIED_ELSEWHERE = {"certified": False, "new": True}, {"elsewhere": True}


def _with(person: Somebody, *roles: str, **state: bool) -> Somebody:
    """*person* with *roles* more and in another *state*."""
    words = [person.label, *roles, *(f"{name}={value}" for name, value in state.items())]
    return replace(person, roles=(*person.roles, *roles), label=" ".join(words), **state)


def _numbered(first: int, people: Iterable[Somebody]) -> tuple[Somebody, ...]:
    return tuple(replace(p, id=f"{p.id}{number}") for number, p in enumerate(people, first))


#: Those of the help desk, whose own access to TRACS is not asked when they unlock.
HELP_DESK = _numbered(
    10001,
    [
        _HELPING,
        _with(_HELPING, **_IDLE, **_UNCERTIFIED),
        _with(_INTERNAL, "HELP_DESK"),
        _with(_INTERNAL, "HELP_DESK", **_IDLE),
        _with(_INTERNAL, "HELP_DESK", **_UNCERTIFIED),
        _with(_CERTIFIER, "HELP_DESK", "TCC", "TCR"),
        _HELPING_CONTRACTOR,
    ],
)
#: Those who may enter TRACS. The last one needs no certification.
IN_ORDER = _numbered(
    20001,
    [
        *(_with(kind, *roles) for kind in _EVERY_KIND for roles in ROLE_SETS),
        _with(_COORDINATOR, "TCC", "TCR", **_UNCERTIFIED),
    ],
)
#: Those who may not.
LOCKED_OUT = _numbered(
    30001,
    [
        *(
            _with(kind, *roles, **state)
            for kind in _EVERY_KIND
            for roles in ROLE_SETS
            for state in (_IDLE, _UNCERTIFIED)
            if kind is not _COORDINATOR or state is _IDLE
        ),
        _with(_PLAIN, "TCC", "TCR", **_NEW),
        _with(_CERTIFIER, "TCC", "TCR", **_NEW),
        _with(_COORDINATOR, "TCC", "TCR", **_IDLE, **_UNCERTIFIED),
        _with(_COORDINATOR, "TCC", "TCR", accepted=False),
        _with(_COORDINATOR, "TCC", "TCR", **_TERMINATED),
        _with(_CERTIFIER, "TCC", "TCR", **_IDLE, **_UNCERTIFIED, accepted=False),
        replace(_COORDINATOR, label="coordinator without TRACS", roles=(HELD, "TCC", "TCR")),
        _with(_HELPING, **_TERMINATED),
        _with(_INTERNAL, "HELP_DESK", **_TERMINATED),
        _with(_CERTIFIER, "HELP_DESK", "TCC", "TCR", **_TERMINATED),
    ],
)
KNOWN = (*HELP_DESK, *IN_ORDER, *LOCKED_OUT)
#: Those whom a feed calls their own staff.
OWN_STAFF = tuple(each for each in (*HELP_DESK, *IN_ORDER) if "TCR" in each.roles)
ACTORS = (*KNOWN, UNKNOWN)

_MODELS = {
    "user": Somebody("M", "user"),
    "iMAX-only": Somebody("M", "iMAX-only user", roles=(HELD,)),
    "coordinator": Somebody("M", "coordinator", marked=True),
    "marked": Somebody("M", "marked without BPR", marked=True),
    "staff": Somebody("H", "HUD's staff", "hud_staff"),
    "contractor": Somebody("C", "contractor", "contractor"),
    "certifier": Somebody("H", "certifier", "hud_staff", marked=True),
}
_PLACES = [(k, s) for k, m in _MODELS.items() for s in (False, True) if not (m.internal and s)]


def _target(
    kind: str, *, shared: bool = False, state: Mapping[str, bool] = _FINE, **tie
) -> Target:
    """Somebody of *kind*; what is shared is shared with everybody who acts and has a BPR."""
    model = _MODELS[kind]
    where = HERE | ELSEWHERE if state is _CERTIFIED_ELSEWHERE else HERE if shared else ELSEWHERE
    has = {} if model.internal else {("bpr" if kind == "coordinator" else "properties"): where}
    words = {"shared": shared, **state, **tie}
    label = " ".join([model.label, *(f"{name}={value}" for name, value in words.items())])
    return Target(replace(model, label=label, **has, **state), kind, shared=shared, **tie)


def _targets() -> Iterator[Target]:
    for (kind, shared), state, relation in product(_PLACES, (_FINE, _IDLE), RELATIONS):
        yield _target(kind, shared=shared, state=state, relation=relation)
    for kind, shared in _PLACES:
        yield _target(kind, shared=shared, state=_UNCERTIFIED)
        yield _target(kind, shared=shared, asked=True)
    for kind in ("user", "iMAX-only", "marked"):
        yield _target(kind, shared=True, state=_CERTIFIED_ELSEWHERE)
    for kind in ("user", "contractor"):
        yield _target(kind, shared=True, state=_NEW)
    for kind, flagged, relation in product(("user", "coordinator", "staff"), FLAGS, RELATIONS[:2]):
        yield _target(kind, flagged=flagged, relation=relation)


def _by_number(targets: Iterable[Target]) -> Iterator[Target]:
    found = [*targets]
    people = _numbered(50001, [each.person for each in found])
    return (replace(each, person=p) for each, p in zip(found, people, strict=True))


TARGETS = tuple(_by_number(_targets()))
#: Targets that lack a request, and a request for a property that is shared.
LACKING = tuple(t for t in TARGETS if not t.person.certified or t.person.elsewhere)
#: The targets of which nothing is said but their kind, state, relation and properties.
ORDINARY = tuple(t for t in TARGETS if t not in LACKING and not t.asked and not t.flagged)
