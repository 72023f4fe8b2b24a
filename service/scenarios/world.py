"""The world of one scenario: an empty database, filled through the functions the feed uses."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models.certification import Unlock
from models.engine import open_engine
from models.people import Person
from service.core.calendar import CertificationWindow, WeeklyLimit, by_population
from service.core.language import LanguageError, read_day
from service.feed.person import Known, read_person
from service.feed.putting import put_person
from service.people.caller import Caller
from service.people.extract import CertificationSaid, Extract, PersonSaid
from service.people.flags import FlagSaid, add_flag
from service.people.gathering import gather_standings
from service.people.standing import rewrite
from service.people.wass import speak
from service.policy.active import Court, Courts
from service.scenarios.person import LONG_AGO, GivenError, body_of, check_kinds, last_day_in

#: A database of one engine, gone with it.
IN_MEMORY = "sqlite:///:memory:"
_NOTHING_KNOWN = Known(properties=frozenset(), contracts=frozenset())


class World:
    """A database with the people of a scenario, and the court that judges them."""

    def __init__(
        self,
        template: bytes,
        court: Court,
        given: Mapping[str, Any],
        engine: Engine | None = None,
    ) -> None:
        """A fresh copy of *template* (a prepared database), filled with what is *given*.

        It replaces what *engine* holds, which has its statements compiled already.
        """
        self.engine = engine or open_engine(IN_MEMORY)
        _copy(template, self.engine)
        self.court = _with_calendar(court, given)
        self.courts = Courts({court.book.digest: self.court})
        self._people: dict[str, dict[str, Any]] = {}
        self._spoken_on = ""
        with self.engine.begin() as connection:
            self._fill(connection, given)

    def wass_speaks(self, connection: Connection, as_of: datetime) -> None:
        """WASS speaks of everybody on the day of a step; ages are measured to it."""
        day = self.court.book.calendar.day_of(as_of)
        if day != self._spoken_on:
            connection.execute(update(Person).values(wass_spoke_on=day))
            rewrite(connection, list(connection.scalars(select(Person.id))))
            self._spoken_on = day

    def wass_says(
        self,
        connection: Connection,
        person_id: str,
        fields: Mapping[str, Any],
        *,
        as_of: datetime,
        caller: Caller,
    ) -> None:
        """WASS changes *fields* of one person: read and put as PUT /v1/people reads and puts."""
        if "unlocked" in fields:
            raise GivenError("`unlocked` is not WASS's to say")
        check_kinds(person_id, fields)
        before = self._people.get(person_id, {})
        now, day = {**before, **fields}, self.court.book.calendar.day_of(as_of)
        extract = read_person(
            person_id,
            body_of(now),
            populations=frozenset(self.court.book.catalogue.populations),
            as_of=max(day, last_day_in(body_of(before))),  # what was given may lie ahead
            known=_NOTHING_KNOWN,  # a scenario describes no properties, and few contracts
        )
        put_person(connection, extract, courts=self.courts, as_of=as_of, caller=caller)
        self._people[person_id] = now

    def _fill(self, connection: Connection, given: Mapping[str, Any]) -> None:
        self._people = {i: dict(person) for i, person in given["people"].items()}
        known = self.court.book.catalogue.populations
        for person_id, person in self._people.items():
            if person.get("population") not in known:
                raise GivenError(f"{person_id}: population: expected one of {', '.join(known)}")
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
        self._unlock(connection)
        self._flag(connection, given.get("flags", ()))

    def _unlock(self, connection: Connection) -> None:
        days = {i: _day(person.get("unlocked", "")) for i, person in self._people.items()}
        unlocked = {i: day for i, day in days.items() if day}
        for person_id, day in unlocked.items():
            values = {"person_id": person_id, "unlocked_by": "", "unlocked_on": day}
            connection.execute(insert(Unlock).values(**values))
        rewrite(connection, list(unlocked))

    def _flag(self, connection: Connection, flags: Iterable[Mapping[str, Any]]) -> None:
        by = {_known(each["by"], self._people) for each in flags}
        standings = gather_standings(connection, by)
        for each in flags:
            said = FlagSaid(
                person_id=_known(each["person"], self._people),
                item=each["item"],
                by=each["by"],
                on=_day(each["day"]),
                properties=standings[each["by"]].bpr,
            )
            add_flag(connection, said)
        rewrite(connection, {each["person"] for each in flags})


def _copy(template: bytes, engine: Engine) -> None:
    engine.dispose()  # another connection: SQLite breaks where json_each was used before
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.deserialize(template)


def _with_calendar(court: Court, given: Mapping[str, Any]) -> Court:
    """*court* with the windows and the weekly limit of the scenario in place of the shipped."""
    calendar = court.book.calendar
    if "windows" in given:
        windows = by_population(
            (each["population"], CertificationWindow(_day(each["opens"]), _day(each["closes"])))
            for each in given["windows"]
        )
        calendar = replace(calendar, windows=windows)
    if "weekly_coordinator_limit" in given:
        limit = dict(given["weekly_coordinator_limit"])
        calendar = replace(calendar, weekly_limit=_limit(**limit))
    return replace(court, book=replace(court.book, calendar=calendar))


def _limit(coordinators: int, days: int, until: str) -> WeeklyLimit:
    if type(coordinators) is not int or type(days) is not int:
        raise GivenError("weekly_coordinator_limit: expected whole numbers and a day")
    return WeeklyLimit(coordinators, days, _day(until))


def _extract(people: Mapping[str, Mapping[str, Any]]) -> Extract:
    for person_id, person in people.items():
        check_kinds(person_id, person)
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
        created_on=_day(person.get("created", LONG_AGO)),
        terminated=wass.get("status") == "terminated",
        wass_last_access_on=_day(wass.get("last_access", "")),
        password_changed_on=_day(wass.get("password_changed", "")),
        last_activity_on=_day(person.get("last_activity", "")),
        rob_accepted_on=_day(person.get("rob_accepted", "")),
    )


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
