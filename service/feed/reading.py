"""Read a folder of CSV files into an Extract: all of it, or every bad row of it."""

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from service.feed.rows import (
    MOST_BAD_ROWS,
    THE_FEED,
    YES,
    BadRow,
    BadRows,
    FeedError,
    Reader,
    Row,
    Table,
    code,
    day_up_to,
    number_up_to,
    one_of,
    read_cells,
    rows_of,
    shown,
    status,
    text_up_to,
    yes_or_no,
)
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid

__all__ = [
    "PEOPLE",
    "BadRow",
    "FeedError",
    "Known",
    "Names",
    "person_said",
    "read_feed",
    "readers",
]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_LARGEST_PROPERTY = 2**31 - 1
_HUD_PROPERTIES = {
    "property_name_text": "name",
    "property_name": "name",
    "std_city": "city",
    "placed_base_city_name_text": "city",
    "std_st": "state",
    "state_code": "state",
    "state2kx": "state",
    "mgmt_agent_org_name": "organisation",
}
_HUD_CONTRACTS = dict.fromkeys(
    (
        "property_name_text",
        "property_name",
        "tracs_effective_date",
        "tracs_overall_expiration_date",
        "tracs_current_expiration_date",
        "tracs_status_name",
        "program_type_name",
    ),
    "",
)
_OF_PEOPLE = (
    "coordinator",
    "wass_status",
    "wass_last_access_on",
    "password_changed_on",
    "last_activity_on",
    "rob_accepted_on",
    "organisation",
)
_OF_PROPERTIES = ("name", "city", "state", "organisation")
#: The columns of people.csv.
PEOPLE = Table(key=("id",), needed=("population", "created_on"), optional=_OF_PEOPLE)
_TABLES = {
    "people.csv": PEOPLE,
    "roles.csv": Table(key=("person_id", "role"), optional=("assigned_on",)),
    "properties.csv": Table(key=("property_id",), optional=_OF_PROPERTIES, hud=_HUD_PROPERTIES),
    "contracts.csv": Table(key=("contract_number", "property_id"), hud=_HUD_CONTRACTS),
    "property_assignments.csv": Table(key=("person_id", "property_id")),
    "contract_assignments.csv": Table(key=("person_id", "contract_number")),
    "business_partners.csv": Table(key=("coordinator_id", "property_id")),
    "staff.csv": Table(key=("coordinator_id", "user_id")),
    "certifications.csv": Table(key=("person_id", "coordinator_id", "requested_on")),
}
#: A file that says what there is -> the column that names it, and what it is.
_SAID_IN = {
    "people.csv": ("id", "a person"),
    "properties.csv": ("property_id", "a property"),
    "contracts.csv": ("contract_number", "a contract"),
}
#: A column that names something -> the file that says what there is.
_NAMED_FROM = {
    "person_id": "people.csv",
    "coordinator_id": "people.csv",
    "user_id": "people.csv",
    "property_id": "properties.csv",
    "contract_number": "contracts.csv",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the database holds already: a feed may name it without describing it."""

    people: frozenset[str]
    properties: frozenset[int]
    contracts: frozenset[str]


def read_feed(
    folder: Path,
    *,
    populations: frozenset[str],
    as_of: str,
    known: Known,
    progress: Callable[[str, int], None],
) -> Extract:
    """What the files in *folder* say on the day *as_of*; *progress* hears file and bytes read.

    Raises FeedError.
    """
    feed = _Feed(folder, readers(populations, as_of), known=known, progress=progress)
    # In this order: a row may name only the people, properties and contracts read before it.
    extract = Extract(
        people=feed.mapping("people.csv", _id, person_said),
        roles=feed.mapping("roles.csv", _pair("person_id", "role"), _assigned_on),
        properties=feed.mapping("properties.csv", _property_id, _property),
        contracts=feed.keys("contracts.csv", _with_property("contract_number")),
        property_assignments=feed.keys("property_assignments.csv", _with_property("person_id")),
        contract_assignments=feed.keys(
            "contract_assignments.csv", _pair("person_id", "contract_number")
        ),
        business_partners=feed.keys("business_partners.csv", _with_property("coordinator_id")),
        staff=feed.keys("staff.csv", _pair("coordinator_id", "user_id")) or frozenset(),
        certifications=feed.keys("certifications.csv", _certification) or frozenset(),
    )
    feed.bad_rows.raise_if_any()
    return extract


def readers(populations: frozenset[str], as_of: str) -> dict[str, Reader]:
    """How the cells of each column are read on the day *as_of*."""
    person = code(r"[MIHC][A-Z0-9]{5}", "an ID of M, I, H or C and five letters or digits")
    past_day = day_up_to(as_of)
    return {
        "id": person,
        "person_id": person,
        "coordinator_id": person,
        "user_id": person,
        "property_id": number_up_to(_LARGEST_PROPERTY),
        "contract_number": code(r"[A-Z0-9-]{1,20}", "1 to 20 letters, digits or hyphens"),
        "role": code(r"[A-Z][A-Z0-9_]{0,39}", "a letter and up to 39 letters, digits or `_`"),
        "population": one_of(populations),
        "coordinator": yes_or_no,
        "wass_status": status,
        "created_on": day_up_to("2100-12-31"),
        "wass_last_access_on": past_day,
        "password_changed_on": past_day,
        "last_activity_on": past_day,
        "rob_accepted_on": past_day,
        "requested_on": past_day,
        "assigned_on": past_day,
        "organisation": text_up_to(200),
        "name": text_up_to(200),
        "city": text_up_to(100),
        "state": text_up_to(40),
    }


class _Feed:
    """Reads one file after the other and remembers whom and what they name."""

    def __init__(
        self,
        folder: Path,
        readers: Mapping[str, Reader],
        *,
        known: Known,
        progress: Callable[[str, int], None],
    ) -> None:
        self.bad_rows = BadRows()
        self._folder = folder
        self._readers = readers
        self._progress = progress
        self._present = _files_in(folder, self.bad_rows)
        self._names = {
            "people.csv": Names(known.people, needed=True),
            "properties.csv": Names(map(str, known.properties)),
            "contracts.csv": Names(known.contracts),
        }

    def keys(self, file: str, key: Callable[[Row], K]) -> frozenset[K] | None:
        """What *key* makes of each row; None without the file."""
        found = self.mapping(file, key, lambda row: None)
        return None if found is None else frozenset(found)

    def mapping(
        self, file: str, key: Callable[[Row], K], value: Callable[[Row], V]
    ) -> dict[K, V] | None:
        """What *key* and *value* make of each row; None without the file."""
        if file not in self._present:
            return None
        found: dict[K, V] = {}
        places = _Places(found)
        for line, row, good in self._rows(file):
            name = key(row)
            if places.note(name, line, good=good):
                found[name] = value(row)
        self._note_repeated(file, places.repeated())
        return found

    def _note_repeated(self, file: str, lines: Iterator[tuple[int, int]]) -> None:
        field = ", ".join(_TABLES[file].key)
        for line, first in lines:
            expected = f"each only once, found that of line {first} again"
            self.bad_rows.add(file, line, field=field, expected=expected)

    def _rows(self, file: str) -> Iterator[tuple[int, Row, bool]]:
        """Each row whose key can be read, with its line, and whether all of it is good."""
        table = _TABLES[file]
        progress = partial(self._progress, file)
        path = self._folder / file
        for line, cells in rows_of(path, table, bad_rows=self.bad_rows, progress=progress):
            row, wrong = read_cells(cells, self._readers)
            self._remember(file, row)
            wrong += self._strangers(file, row)
            for field, expected in wrong:
                self.bad_rows.add(file, line, field=field, expected=expected)
            if not wrong or all(name in row for name in table.key):
                yield line, row, not wrong
        if file in _SAID_IN and self.bad_rows.about(file):
            self._names[file].excuse_if_nothing_said()

    def _remember(self, file: str, row: Row) -> None:
        if file in _SAID_IN and (name := row.get(_SAID_IN[file][0])):
            self._names[file].said.add(name)

    def _strangers(self, file: str, row: Row) -> Iterator[tuple[str, str]]:
        for field, name in row.items():
            source = _NAMED_FROM.get(field, file)
            if source != file and not self._names[source].allow(name):
                yield field, f"{_SAID_IN[source][1]} of {source} or known before, found `{name}`"
        if "user_id" in row and row["user_id"] == row.get("coordinator_id"):
            yield "user_id", f"somebody else than the coordinator, found `{row['user_id']}`"


def _files_in(folder: Path, bad_rows: BadRows) -> Set[str]:
    try:
        names = {each.name for each in folder.iterdir()}
    except (OSError, ValueError):
        expected = f"a folder that can be read, found `{folder}`"
        raise FeedError([BadRow(THE_FEED, 0, "", expected)]) from None
    known = ", ".join(_TABLES)
    for name in sorted(names - _TABLES.keys()):
        if name.lower().endswith(".csv"):
            bad_rows.add(shown(name), 1, expected=f"only files named {known}")
    if names.isdisjoint(_TABLES):
        bad_rows.add(THE_FEED, 0, expected=f"one of the files {known} in `{folder}`")
    return names


class Names:
    """Whom or what a row may name: what this feed says there is, and what was known before."""

    def __init__(self, known: Iterable[str], *, needed: bool = False) -> None:
        self.said: set[str] = set()
        self._known = frozenset(known)
        self._needed = needed
        self._excused = False

    def allow(self, name: str) -> bool:
        """Whether a row may name it: anything goes where nothing is known and none is needed."""
        if name in self.said or name in self._known or self._excused:
            return True
        return not (self._needed or self.said or self._known)

    def excuse_if_nothing_said(self) -> None:
        """Allow anything after a file of which nothing could be read: that is noted already."""
        self._excused = not self.said


class _Places(Generic[K]):
    """Knows on which line each key stood first, for eight bytes a key."""

    def __init__(self, found: Mapping[K, object]) -> None:
        self._found = found
        self._lines = array("Q")
        self._spoiled: dict[K, int] = {}
        self._again: list[tuple[int, K]] = []

    def note(self, key: K, line: int, *, good: bool) -> bool:
        """Note where *key* stands; whether its row is to be taken."""
        if key in self._found or key in self._spoiled:
            if len(self._again) <= MOST_BAD_ROWS:
                self._again.append((line, key))
            return False
        if good:
            self._lines.append(line)
        else:
            self._spoiled[key] = line
        return good

    def repeated(self) -> Iterator[tuple[int, int]]:
        """The line of each repetition, and that of the row it repeats."""
        wanted = {key for _, key in self._again}
        places = zip(self._found, self._lines, strict=True) if wanted else ()
        first = self._spoiled | {key: line for key, line in places if key in wanted}
        for line, key in self._again:
            yield line, first[key]


def _pair(one: str, other: str) -> Callable[[Row], tuple[str, str]]:
    return lambda row: (row[one], row[other])


def _with_property(one: str) -> Callable[[Row], tuple[str, int]]:
    return lambda row: (row[one], _property_id(row))


def _id(row: Row) -> str:
    return row["id"]


def person_said(row: Row) -> PersonSaid:
    """A row of people.csv, read."""
    return PersonSaid(
        id=row["id"],
        population=row["population"],
        created_on=row["created_on"],
        coordinator=row.get("coordinator") == YES,
        terminated=row.get("wass_status") == YES,
        wass_last_access_on=row.get("wass_last_access_on", ""),
        password_changed_on=row.get("password_changed_on", ""),
        last_activity_on=row.get("last_activity_on", ""),
        rob_accepted_on=row.get("rob_accepted_on", ""),
        organisation=row.get("organisation", ""),
    )


def _assigned_on(row: Row) -> str:
    return row.get("assigned_on", "")


def _property_id(row: Row) -> int:
    return int(row["property_id"])


def _property(row: Row) -> PropertySaid:
    return PropertySaid(
        property_id=_property_id(row),
        name=row.get("name", ""),
        city=row.get("city", ""),
        state=row.get("state", ""),
        organisation=row.get("organisation", ""),
    )


def _certification(row: Row) -> CertificationSaid:
    return CertificationSaid(row["person_id"], row["coordinator_id"], row["requested_on"])
