"""The world of one scenario: an empty database, filled through the functions the feed uses."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models.certification import Flag, FlagScope, Unlock
from models.engine import open_engine
from models.people import Person
from service.core.calendar import CertificationWindow, by_population
from service.core.language import LanguageError, read_day
from service.people.extract import CertificationSaid, Extract, PersonSaid
from service.people.standing import gather_standings, rewrite
from service.people.wass import speak
from service.policy.active import Court, Courts

_IN_MEMORY = "sqlite:///:memory:"
_PERSON_KINDS: Mapping[str, type] = {
    "population": str,
    "coordinator": bool,
    "roles": list,
    "created": str,
    "rob_accepted": str,
    "last_activity": str,
    "unlocked": str,
    "properties": list,
    "contracts": list,
    "bpr": list,
    "wass": dict,
}


class GivenError(Exception):
    """What a scenario gives cannot be; the text says what was expected."""


class World:
    """A database with the people of a scenario, and the court that judges them."""

    def __init__(self, template: bytes, court: Court, given: Mapping[str, Any]) -> None:
        """A fresh copy of *template* (a prepared database), filled with what is *given*."""
        self.engine = _copy_of(template)
        self.court = _with_windows(court, given)
        self.courts = Courts({court.book.digest: self.court})
        self._people: dict[str, dict[str, Any]] = {}
        with self.engine.begin() as connection:
            self._fill(connection, given)

    def wass_speaks(self, connection: Connection, as_of: datetime) -> None:
        """WASS speaks of everybody on the day of a step; ages are measured to it."""
        day = self.court.book.calendar.day_of(as_of)
        connection.execute(update(Person).values(wass_spoke_on=day))
        rewrite(connection, list(connection.scalars(select(Person.id))))

    def wass_says(
        self, connection: Connection, person_id: str, fields: Mapping[str, Any], as_of: datetime
    ) -> None:
        """WASS changes *fields* of one person: through the function the feed speaks with."""
        if "unlocked" in fields:
            raise GivenError("`unlocked` is not WASS's to say")
        given = {**self._people.get(person_id, {}), **fields}
        self._people[person_id] = given
        extract = _extract({person_id: given})
        day = self.court.book.calendar.day_of(as_of)
        about = frozenset([person_id])
        speak(connection, extract, day=day, catalogue=self.court.book.catalogue, about=about)

    def _fill(self, connection: Connection, given: Mapping[str, Any]) -> None:
        self._people = {i: dict(person) for i, person in given["people"].items()}
        extract = replace(
            _extract(self._people),
            contracts=frozenset(
                (str(number), _property(p))
                for number, properties in given.get("contracts", {}).items()
                for p in properties
            ),
            staff=frozenset(
                (_known(c, self._people), _known(u, self._people))
                for c, users in given.get("staff", {}).items()
                for u in users
            ),
            certifications=frozenset(
                CertificationSaid(
                    _known(c["person"], self._people),
                    _known(c["by"], self._people),
                    _day(c["day"]),
                )
                for c in given.get("certifications", ())
            ),
        )
        catalogue = self.court.book.catalogue
        speak(connection, extract, day="2000-01-01", catalogue=catalogue)
        for person_id, person in self._people.items():
            if unlocked := _day(person.get("unlocked", "")):
                values = {"person_id": person_id, "unlocked_by": "", "unlocked_on": unlocked}
                connection.execute(insert(Unlock).values(**values))
        self._flag(connection, given.get("flags", ()))
        rewrite(connection, list(self._people))

    def _flag(self, connection: Connection, flags: Iterable[Mapping[str, Any]]) -> None:
        by = {_known(each["by"], self._people) for each in flags}
        standings = gather_standings(connection, by)
        for each in flags:
            values = {
                "person_id": _known(each["person"], self._people),
                "item": each["item"],
                "coordinator_id": each["by"],
                "flagged_on": _day(each["day"]),
            }
            added = insert(Flag).values(**values).returning(Flag.id)
            flag_id = connection.execute(added).scalar_one()
            for property_id in sorted(standings[each["by"]].bpr):
                scope = {"flag_id": flag_id, "property_id": property_id}
                connection.execute(insert(FlagScope).values(**scope))


def _copy_of(template: bytes) -> Engine:
    engine = open_engine(_IN_MEMORY)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.rollback()
        raw.deserialize(template)
    return engine


def _with_windows(court: Court, given: Mapping[str, Any]) -> Court:
    if "windows" not in given:
        return court
    windows = by_population(
        (each["population"], CertificationWindow(_day(each["opens"]), _day(each["closes"])))
        for each in given["windows"]
    )
    calendar = replace(court.book.calendar, windows=windows)
    return replace(court, book=replace(court.book, calendar=calendar))


def _extract(people: Mapping[str, Mapping[str, Any]]) -> Extract:
    for person_id, person in people.items():
        _check_kinds(person_id, person)
    return Extract(
        people={i: _person(i, p) for i, p in people.items()},
        roles={
            (i, code): assigned
            for i, p in people.items()
            for code, assigned in map(_role, p.get("roles", ()))
        },
        property_assignments=_pairs(people, "properties", _property),
        contract_assignments=_pairs(people, "contracts", str),
        business_partners=_pairs(people, "bpr", _property),
    )


def _pairs(people: Mapping[str, Mapping[str, Any]], key: str, read: Any) -> frozenset[Any]:
    return frozenset((i, read(each)) for i, p in people.items() for each in p.get(key, ()))


def _person(person_id: str, person: Mapping[str, Any]) -> PersonSaid:
    wass = person.get("wass", {})
    return PersonSaid(
        id=person_id,
        population=person.get("population", ""),
        coordinator=person.get("coordinator", False),
        created_on=_day(person.get("created", "")),
        terminated=wass.get("status") == "terminated",
        wass_last_access_on=_day(wass.get("last_access", "")),
        password_changed_on=_day(wass.get("password_changed", "")),
        last_activity_on=_day(person.get("last_activity", "")),
        rob_accepted_on=_day(person.get("rob_accepted", "")),
    )


def _check_kinds(person_id: str, person: Mapping[str, Any]) -> None:
    for key, value in person.items():
        if key not in _PERSON_KINDS or not isinstance(value, _PERSON_KINDS[key]):
            raise GivenError(f"{person_id}: {key}: expected {_said(key)}, found `{value}`")


def _said(key: str) -> str:
    kind = _PERSON_KINDS.get(key)
    return f"a {kind.__name__}" if kind else f"one of {', '.join(_PERSON_KINDS)}"


def _role(role: Any) -> tuple[str, str]:
    if isinstance(role, dict):
        return role["code"], _day(role.get("assigned", ""))
    return str(role), ""


def _property(value: Any) -> int:
    if type(value) is not int:
        raise GivenError(f"expected the number of a property, found `{value}`")
    return value


def _day(text: Any) -> str:
    try:
        return read_day(str(text)) if text else ""
    except LanguageError as error:
        raise GivenError(str(error)) from error


def _known(person_id: str, people: Mapping[str, Any]) -> str:
    if person_id not in people:
        raise GivenError(f"expected a person given above, found `{person_id}`")
    return person_id
