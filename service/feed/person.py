"""The whole truth about one person: a JSON body, read by the cells of the feed.

Pure: the columns of people.csv and the lists of one person, into an Extract or all that is wrong.
"""

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from models.staging import YES
from service.feed.cells import Reader, UnexpectedError, shown, unexpected
from service.feed.files import PEOPLE, readers
from service.login.asked import BadlyAskedError, Errors
from service.people.extract import Extract, PersonSaid

_FIELDS = (*PEOPLE.columns, "roles", "properties", "contracts", "bpr")
_OF_A_ROLE = ("code", "assigned_on")
#: Columns that no empty cell is good for.
_NEEDED = {*PEOPLE.required, "role", "property_id", "contract_number"}
#: The cells of one row by our names; a cell that is empty and may be is not there.
_Row = dict[str, str]
_KINDS = {str: "text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Known:
    """The properties and contracts the database holds; where there are none, any may be named."""

    properties: frozenset[int]
    contracts: frozenset[str]


def read_person(
    person_id: str,
    body: Mapping[str, Any],
    *,
    populations: frozenset[str],
    as_of: str,
    known: Known,
) -> Extract:
    """What *body* says of *person_id* on the day *as_of*.

    What is absent or null is not known; a list that is, is empty. Raises BadlyAskedError with
    every field that is wrong.
    """
    said = _Said(body, readers(populations, as_of))
    properties = frozenset(map(str, known.properties))
    person = _person_said(said.row(person_id))
    one = person.id
    extract = Extract(
        people={one: person},
        roles={(one, code): day for code, day in said.each("roles", said.role).items()},
        property_assignments=frozenset(
            (one, n) for n in said.properties("properties", properties)
        ),
        contract_assignments=frozenset((one, each) for each in said.contracts(known.contracts)),
        business_partners=frozenset((one, n) for n in said.properties("bpr", properties)),
    )
    if said.errors:
        raise BadlyAskedError(said.errors)
    return extract


class _Said:
    """A body, read field by field; what is wrong is kept in *errors*, and read as not known."""

    def __init__(self, body: Mapping[str, Any], cells: Mapping[str, Reader]) -> None:
        self.errors: Errors = {}
        self._body = body
        self._cells = cells
        self._only(body, _FIELDS)

    def row(self, person_id: str) -> _Row:
        """The columns of people.csv; the body may name the person, but nobody else."""
        columns = (name for name in PEOPLE.columns if name != "id")
        row = {name: self._cell(name, name, self._body.get(name)) for name in columns}
        row["id"] = self._cell("id", "id", person_id)
        if self._body.get("id") is not None:
            named = self._cell("id", "id", self._body["id"])
            if named and row["id"] not in ("", named):
                self._wrong("id", f"the ID of the path, found `{named}`")
        return row

    def each(self, field: str, read: Callable[[str, Any], tuple[str, str]]) -> dict[str, str]:
        """What *read* makes of each item of a list, by its name; each may stand there once."""
        items = self._body.get(field)
        if items is None:
            return {}
        if not isinstance(items, list):
            self._wrong(field, f"a list, found `{_in_short(items)}`")
            return {}
        found: dict[str, str] = {}
        for at, item in enumerate(items):
            name, more = read(f"{field}[{at}]", item)
            if name in found:
                self._wrong(f"{field}[{at}]", f"each only once, found `{name}` again")
            elif name:
                found[name] = more
        return found

    def role(self, place: str, item: Any) -> tuple[str, str]:
        """A code, or an object with the code and the day it was assigned."""
        if not isinstance(item, dict):
            return self._cell(place, "role", item), ""
        self._only(item, _OF_A_ROLE, f"{place}.")
        code = self._cell(f"{place}.code", "role", item.get("code"))
        return code, self._cell(f"{place}.assigned_on", "assigned_on", item.get("assigned_on"))

    def properties(self, field: str, names: Set[str]) -> list[int]:
        """The numbers of properties in a list."""
        column = "property_id"
        return [int(n) for n in self.each(field, self._named(column, "a property", names, int))]

    def contracts(self, names: Set[str]) -> list[str]:
        """The numbers of contracts."""
        column = "contract_number"
        return [*self.each("contracts", self._named(column, "a contract", names, str))]

    def _named(
        self, column: str, what: str, names: Set[str], kind: type
    ) -> Callable[[str, Any], tuple[str, str]]:
        def read(place: str, item: Any) -> tuple[str, str]:
            name = self._cell(place, column, item, kind)
            if name and names and name not in names:
                self._wrong(place, f"{what} known before, found `{name}`")
            return name, ""

        return read

    def _cell(self, place: str, column: str, value: Any, kind: type = str) -> str:
        try:
            text = _as_cell(value, bool if column == "coordinator" else kind)
            return self._cells[column](text) if text or column in _NEEDED else ""
        except UnexpectedError as error:
            self._wrong(place, str(error))
            return ""

    def _only(self, found: Mapping[str, Any], known: tuple[str, ...], place: str = "") -> None:
        for field in found:
            if field not in known:
                self._wrong(f"{place}{shown(field)}", f"one of the fields {', '.join(known)}")

    def _wrong(self, place: str, expected: str) -> None:
        self.errors.setdefault(place, []).append(f"expected {expected}")


def _as_cell(value: Any, kind: type) -> str:
    """*value* as a cell of the feed would hold it; raises UnexpectedError for another kind."""
    if value is None:
        return ""
    if type(value) is not kind:
        raise unexpected(_KINDS[kind], _in_short(value))
    if kind is bool:
        return YES if value else "no"
    return str(value).strip(" ")


def _in_short(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)


def _person_said(row: _Row) -> PersonSaid:
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
