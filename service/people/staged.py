"""An extract in the staged tables, where the feed puts what it reads."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from models.staging import TABLES, YES, clear, fill
from service.people.extract import Extract, PersonSaid, PropertySaid

_TOGETHER = 10_000
Rows = Iterable[Sequence[str]]


def stage(connection: Connection, extract: Extract) -> frozenset[str]:
    """Stage all of *extract*; the tables something is said of."""
    clear(connection)
    given = dict(_rows(extract))
    for name, rows in given.items():
        _fill(connection, name, list(rows))
    return frozenset(given)


def stage_each(
    connection: Connection, said: Iterable[Mapping[str, Sequence[Sequence[str]]]]
) -> None:
    """Stage rows of several tables as they come, some thousands at a time."""
    waiting: defaultdict[str, list[Sequence[str]]] = defaultdict(list)
    lines: Counter[str] = Counter()
    for each in said:
        for name, rows in each.items():
            waiting[name] += rows
            if len(waiting[name]) >= _TOGETHER:
                lines[name] += _fill(connection, name, waiting.pop(name), lines[name])
    for name, rows in waiting.items():
        _fill(connection, name, rows, lines[name])


def _rows(extract: Extract) -> Iterator[tuple[str, Rows]]:
    """Each table something is said of, and its rows in the order of its columns."""
    if extract.people is not None:
        yield "people", map(_person, extract.people.values())
    if extract.roles is not None:
        yield "roles", ((*key, day) for key, day in extract.roles.items())
    if extract.properties is not None:
        yield "properties", map(_property, extract.properties.values())
    pairs: Mapping[str, frozenset[tuple[Any, Any]] | None] = {
        "contracts": extract.contracts,
        "property_assignments": extract.property_assignments,
        "contract_assignments": extract.contract_assignments,
        "business_partners": extract.business_partners,
        "staff": extract.staff or None,
    }
    for name, each in pairs.items():
        if each is not None:
            yield name, (tuple(map(str, pair)) for pair in each)
    if extract.certifications:
        said = extract.certifications
        yield "certifications", ((s.person_id, s.coordinator_id, s.requested_on) for s in said)


def _person(said: PersonSaid) -> Sequence[str]:
    return (
        said.id,
        said.population,
        YES if said.coordinator else "",
        said.created_on,
        YES if said.terminated else "",
        said.wass_last_access_on,
        said.password_changed_on,
        said.last_activity_on,
        said.rob_accepted_on,
        said.organisation,
    )


def _property(said: PropertySaid) -> Sequence[str]:
    return str(said.property_id), said.name, said.city, said.state, said.organisation


def _fill(
    connection: Connection, name: str, rows: Sequence[Sequence[str]], before: int = 0
) -> int:
    """Stage *rows*; how many. The line of each is its place, for want of a file."""
    names = [column.name for column in TABLES[name].c if column.name != "line"]
    if rows:
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        lines = [str(before + at) for at in range(1, len(rows) + 1)]
        fill(connection, TABLES[name], {"line": lines, **columns})
    return len(rows)
