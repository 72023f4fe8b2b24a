"""Requests for recertification made before, as imports and histories give them."""

from functools import cache

from sqlalchemy import Connection, and_, bindparam, exists, insert, select

from models.certification import CertificationRequest, CertificationScope
from models.days import day_text
from models.members import listed, texts
from models.prepared import Prepared
from models.staging import CERTIFICATIONS, REQUESTS, SCOPES, YES, fill
from models.types import AnySelect
from service.core.catalogue import Catalogue
from service.core.standing import Standing
from service.people.gathering import gather_standings, with_requests
from service.people.scope import scope_of

#: Coordinators whose standing is kept at hand.
_REMEMBERED = 2_000
_said, _kept = CERTIFICATIONS.c, CertificationRequest.__table__.c
_NEW = ~exists().where(
    _kept.person_id == _said.person_id,
    _kept.coordinator_id == _said.coordinator_id,
    day_text(_kept.requested_on) == _said.requested_on,
)
_FIND = Prepared(
    lambda dialect: select(_said.person_id, _said.coordinator_id, _said.requested_on).where(
        _NEW, _said.person_id.in_(texts(dialect, "ids"))
    )
)
_REQUEST = ("person_id", "coordinator_id", "requested_on", "counts", "everywhere")
_SOME = REQUESTS.c.person_id.between(bindparam("first"), bindparam("last"))
_ADD = insert(CertificationRequest).from_select(
    list(_REQUEST),
    select(*(REQUESTS.c[name] for name in _REQUEST))
    .where(_SOME)
    .order_by(REQUESTS.c.person_id, REQUESTS.c.requested_on, REQUESTS.c.coordinator_id),
)
_COVER = insert(CertificationScope).from_select(
    ["request_id", "property_id"],
    select(_kept.id, SCOPES.c.property_id)
    .join_from(
        REQUESTS,
        CertificationRequest.__table__,
        and_(*(_kept[name] == REQUESTS.c[name] for name in _REQUEST[:3])),
    )
    .join(SCOPES, SCOPES.c.number == REQUESTS.c.scope)
    .where(_SOME)
    .order_by(_kept.id, SCOPES.c.property_id),
)


@cache
def not_kept() -> tuple[AnySelect, ...]:
    """Whoever a staged request is for that is new."""
    return (select(_said.person_id).where(_NEW),)


class Requests:
    """Keeps the staged requests that are new, of some people after others."""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self.added = 0
        self._connection = connection
        self._catalogue = catalogue
        self._coordinators: dict[str, Standing] = {}
        self._numbers: dict[frozenset[int], int] = {}
        self._numbered = 0

    def add(self, people: dict[str, Standing]) -> dict[str, Standing]:
        """Keep those for these *people*, and give them back with them."""
        new = _FIND.rows(self._connection, ids=listed(people))
        if not new:
            return people
        self._meet({by for _, by, _ in new})
        rows = [self._judged(people[person], by, on) for person, by, on in new]
        columns = zip((*_REQUEST, "scope"), zip(*rows, strict=True), strict=True)
        fill(self._connection, REQUESTS, dict(columns))
        asked = {"first": min(people), "last": max(people)}
        self._connection.execute(_ADD, asked)
        self._connection.execute(_COVER, asked)
        self.added += len(new)
        return people | with_requests(
            self._connection, {person: people[person] for person, _, _ in new}
        )

    def _judged(self, person: Standing, by: str, on: str) -> tuple[str, ...]:
        scope = scope_of(person, self._coordinators[by], self._catalogue)
        number = self._number(scope.properties) if scope.properties else 0
        marks = (YES if mark else "" for mark in (scope.counts, scope.everywhere))
        return (person.person_id, by, on, *marks, str(number))

    def _meet(self, coordinators: set[str]) -> None:
        if len(self._coordinators) > _REMEMBERED:
            self._coordinators.clear()
            self._numbers.clear()
        strangers = coordinators - self._coordinators.keys()
        self._coordinators |= gather_standings(self._connection, strangers)

    def _number(self, properties: frozenset[int]) -> int:
        """What these properties are called, which stand in their table once."""
        if properties not in self._numbers:
            self._numbered += 1
            self._numbers[properties] = self._numbered
            own = [*map(str, sorted(properties))]
            number = [str(self._numbered)] * len(own)
            fill(self._connection, SCOPES, {"number": number, "property_id": own})
        return self._numbers[properties]
